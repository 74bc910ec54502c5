import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { judgeMail } from '#server/mail/machine.ts';
import { readMail, stopParsing } from '#server/mail/parse.ts';

const expectation = z.object({
  file: z.string(),
  subject: z.string().nullable(),
  from_email: z.string(),
  from_name: z.string().nullable(),
  message_id: z.string().nullable(),
  in_reply_to: z.string().nullable(),
  reply_text: z.string().nullable(),
  attachment_names: z.array(z.string()).nullable(),
  is_auto_reply: z.boolean(),
  is_bounce: z.boolean(),
  extra: z.looseObject({
    body_text: z.string().optional(),
    must_not_contain: z.array(z.string()).optional(),
    permanent: z.boolean().optional(),
    dsn: z
      .object({ action: z.string(), status: z.string(), final_recipient: z.string(), original_message_id: z.string() })
      .optional(),
  }),
});

const folder = new URL('fixtures/', import.meta.url);
const rows = readFileSync(new URL('expectations.jsonl', folder), 'utf8')
  .trim()
  .split('\n')
  .map((line) => expectation.parse(JSON.parse(line)));
const own = { workspaceId: 'fixtures', addresses: ['support@example.org'], key: Buffer.alloc(32, 1) };

afterAll(stopParsing);

describe.each(rows)('$file', (row) => {
  test('is read as expected', async () => {
    const { mail, body } = await readMail(readFileSync(new URL(row.file, folder)));
    const verdicts = judgeMail(mail, own);
    expect(mail.subject).toBe(row.subject ?? '');
    expect(mail.from?.address).toBe(row.from_email.toLowerCase());
    expect(mail.from?.name).toBe(row.from_name ?? '');
    expect(mail.messageId).toBe(row.message_id);
    expect(mail.inReplyTo[0] ?? null).toBe(row.in_reply_to);
    expect(mail.attachments.map((file) => file.name)).toEqual(row.attachment_names ?? []);
    expect(verdicts.bounce.length > 0).toBe(row.is_bounce);
    if (row.file.startsWith('loop/')) expect(verdicts.noAutoAnswer.length > 0).toBe(row.is_auto_reply);
    if (row.extra.body_text !== undefined) expect(bare(mail.text)).toBe(bare(row.extra.body_text));
    if (row.reply_text !== null) expect(bare(body.text)).toBe(bare(row.reply_text));
    for (const text of row.extra.must_not_contain ?? []) expect(body.text).not.toContain(text);
    if (row.extra.dsn) {
      expect(verdicts.report).toMatchObject({
        action: row.extra.dsn.action,
        status: row.extra.dsn.status,
        recipient: row.extra.dsn.final_recipient,
        originalMessageId: row.extra.dsn.original_message_id,
        permanent: row.extra.permanent,
      });
    }
  });
});

/** Quote marks of a blockquote and white space differ by program, not by meaning. */
function bare(text: string): string {
  return text.replace(/^>\s?/gm, '').replace(/\s+/g, '');
}
