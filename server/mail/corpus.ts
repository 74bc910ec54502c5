import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { toText } from './html-text.ts';
import { judgeMail } from './machine.ts';
import { readMail, stopParsing, UnreadableMail, type ReadMail } from './parse.ts';
import { halve, splitHtml, splitText } from './quote.ts';

/**
 * Measures the mail bridge against a folder of real mails with `expectations.jsonl`:
 * `npm run mail:corpus -- DIR`. Prints per folder and field how many are right, and the wrong ones.
 */
const expectation = z.object({
  file: z.string(),
  kind: z.string(),
  subject: z.string().nullable(),
  from_email: z.string().nullable(),
  from_name: z.string().nullable(),
  message_id: z.string().nullable(),
  in_reply_to: z.string().nullable(),
  reply_text: z.string().nullable(),
  attachment_names: z.array(z.string().nullable()).nullable(),
  is_auto_reply: z.boolean().nullable(),
  is_bounce: z.boolean().nullable(),
  upstream_fields: z.array(z.string()),
  extra: z.looseObject({ body_text: z.string().optional() }),
});
type Expectation = z.infer<typeof expectation>;

type Check = { field: string; isTruth: boolean; want: unknown; got: unknown; ok: boolean };

const own = { workspaceId: 'corpus', addresses: ['support@example.org'], key: Buffer.alloc(32, 1) };
const directory = process.argv[2];
if (!directory) throw new Error('usage: npm run mail:corpus -- DIR');

/** The marks of the issue: each a share of so many, and whether it holds. */
const totals = {
  bounces: { found: 0, of: 0, false: 0, others: 0 },
  automatic: { right: 0, of: 0 },
};
const scores = new Map<string, { right: number; wrong: string[] }>();
const rows = readFileSync(join(directory, 'expectations.jsonl'), 'utf8').trim().split('\n');
for (const line of rows) {
  const row = expectation.parse(JSON.parse(line));
  for (const check of await checksOf(row, readFileSync(join(directory, row.file)))) score(row, check);
}
await stopParsing();
for (const [name, { right, wrong }] of [...scores].sort()) {
  print(`${name}: ${right}/${right + wrong.length} (${((100 * right) / (right + wrong.length)).toFixed(1)} %)`);
  for (const text of wrong) print(`    ${text}`);
}
const { bounces, automatic } = totals;
mark('bounces found (>= 98 %)', { count: bounces.found, of: bounces.of, holds: (share) => share >= 0.98 });
mark('others taken for bounces (<= 0.5 %)', {
  count: bounces.false,
  of: bounces.others,
  holds: (share) => share <= 0.005,
});
mark('automatic by the field of RFC 3834 (100 %)', {
  count: automatic.right,
  of: automatic.of,
  holds: (share) => share === 1,
});

type Mark = { count: number; of: number; holds: (share: number) => boolean };

/** What misses its mark fails the run. */
function mark(name: string, { count, of, holds }: Mark): void {
  if (of === 0) return;
  const isHeld = holds(count / of);
  if (!isHeld) process.exitCode = 1;
  print(`${name}: ${count}/${of} (${((100 * count) / of).toFixed(2)} %) ${isHeld ? 'holds' : 'MISSED'}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function score(row: Expectation, check: Check): void {
  const name = `${row.file.split('/')[0]} ${check.field}${check.isTruth ? ' [truth]' : ''}`;
  const entry = scores.get(name) ?? { right: 0, wrong: [] };
  scores.set(name, entry);
  if (check.ok) entry.right++;
  else
    entry.wrong.push(
      `${row.file}: want ${JSON.stringify(check.want)?.slice(0, 160)} got ${JSON.stringify(check.got)?.slice(0, 160)}`,
    );
}

async function checksOf(row: Expectation, raw: Buffer): Promise<Check[]> {
  if (row.kind === 'text_body') return replyChecks(row, (text) => halve(text, splitText(text)).own, raw);
  if (row.kind === 'html_body') return replyChecks(row, (html) => toText(halve(html, splitHtml(html)).own), raw);
  try {
    const read = await readMail(raw);
    return [{ field: 'no crash', isTruth: true, want: true, got: true, ok: true }, ...mailChecks(row, read)];
  } catch (error) {
    if (!(error instanceof UnreadableMail)) throw error;
    return [
      {
        field: 'no crash',
        isTruth: true,
        want: true,
        got: `${error.message} ${String(error.cause).slice(0, 100)}`,
        ok: false,
      },
    ];
  }
}

function replyChecks(row: Expectation, ownOf: (whole: string) => string, raw: Buffer): Check[] {
  const whole = raw.toString('utf8').replaceAll('\r\n', '\n');
  return row.reply_text === null ? [] : replyCheck(row, ownOf(whole));
}

function replyCheck(row: Expectation, own: string): Check[] {
  const want = row.reply_text ?? '';
  const isTruth = isTruthOf(row, 'reply_text');
  const ok = bare(own) === bare(want);
  return [
    { field: 'reply text', isTruth, want, got: own, ok },
    { field: 'reply text not empty', isTruth, want, got: own, ok: own.trim() !== '' || want.trim() === '' },
  ];
}

function mailChecks(row: Expectation, read: ReadMail): Check[] {
  const { mail, body } = read;
  const verdicts = judgeMail(mail, own);
  count(row, read, verdicts);
  const names = mail.attachments.flatMap((file) => (file.named ? [file.name] : []));
  const isLoop = row.file.startsWith('synthetic/loop');
  const checks = [
    compared(row, 'subject', { want: row.subject ?? '', got: mail.subject }),
    compared(row, 'from_email', { want: row.from_email?.toLowerCase() ?? null, got: mail.from?.address ?? null }),
    compared(row, 'from_name', { want: row.from_name ?? '', got: mail.from?.name ?? '' }),
    compared(row, 'message_id', { want: row.message_id, got: mail.messageId }),
    compared(row, 'in_reply_to', { want: row.in_reply_to, got: mail.inReplyTo[0] ?? null }),
    compared(row, 'attachment_names', {
      want: (row.attachment_names ?? []).filter((name) => name !== null),
      got: names,
    }),
    compared(row, 'is_bounce', { want: row.is_bounce, got: isBounce(verdicts, row) }),
    compared(row, 'is_auto_reply', { want: row.is_auto_reply, got: isAutoReply(verdicts, isLoop) }),
  ];
  if (row.extra.body_text !== undefined)
    checks.push(compared(row, 'body_text', { want: bare(row.extra.body_text), got: bare(mail.text) }));
  return row.reply_text === null ? checks : [...checks, ...replyCheck(row, body.text)];
}

/** Only rows whose labels are truth. `Auto-Submitted: no` is a person's word, and is counted as such. */
function count(row: Expectation, { mail }: ReadMail, verdicts: ReturnType<typeof judgeMail>): void {
  if (row.is_bounce !== null && isTruthOf(row, 'is_bounce')) {
    const got = isBounce(verdicts, row);
    if (row.is_bounce) totals.bounces.of++;
    else totals.bounces.others++;
    if (got) totals.bounces[row.is_bounce ? 'found' : 'false']++;
  }
  const words = mail.headers.get('auto-submitted');
  if (!words) return;
  const isPersons = words.every((word) => /^\s*no\s*(?:[;(]|$)/i.test(word));
  totals.automatic.of++;
  const isSaid = verdicts.automatic.includes('Auto-Submitted');
  if (isPersons ? !isSaid : isSaid && verdicts.noAutoAnswer.length > 0) totals.automatic.right++;
}

/** The corpus calls "must not trigger an answer" an auto-reply in `loop`, elsewhere what is automatic and no report. */
function isAutoReply(verdicts: ReturnType<typeof judgeMail>, isLoop: boolean): boolean {
  return isLoop ? verdicts.noAutoAnswer.length > 0 : verdicts.automatic.length > 0 && verdicts.report === null;
}

/** sisimai's samples label a delay a (soft) bounce; ours is a note. */
function isBounce(verdicts: ReturnType<typeof judgeMail>, row: Expectation): boolean {
  return verdicts.bounce.length > 0 || (row.file.startsWith('sisimai') && verdicts.report?.action === 'delayed');
}

function compared(row: Expectation, field: string, { want, got }: { want: unknown; got: unknown }): Check {
  return { field, isTruth: isTruthOf(row, field), want, got, ok: JSON.stringify(want) === JSON.stringify(got) };
}

function isTruthOf(row: Expectation, field: string): boolean {
  return row.file.startsWith('synthetic/') || row.upstream_fields.includes(field);
}

function bare(text: string): string {
  return text.replace(/^>\s?/gm, '').replace(/[\s\u00a0]+/g, '');
}
