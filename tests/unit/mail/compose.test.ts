import { describe, expect, test } from 'vitest';
import { composeMail, type ComposeInput } from '#server/mail/compose.ts';
import { decodeMail } from '#server/mail/decode.ts';
import { judgeMail, loopMark } from '#server/mail/machine.ts';
import { messageIdFor, replyAddressFor, threadIdFor } from '#server/mail/thread-ids.ts';
import { threadHints } from '#server/mail/thread.ts';

const key = Buffer.alloc(32, 5);
const workspaceId = '0b9f4cbe-64a8-4b0c-9d1f-0b7d0a5f3a11';
const ticketId = 'c1c7a7de-8f0a-4f35-9a53-5f3c7d3f9b21';
const mailId = 'd2c7a7de-8f0a-4f35-9a53-5f3c7d3f9b22';
const domain = 'desk.example.org';

const input: ComposeInput = {
  from: { name: 'Jörg Brandt (Hausverwaltung Nord)', address: 'support@example.org' },
  to: { name: 'Erika "Eri" Muster, Dr.', address: 'erika@example.com' },
  replyTo: replyAddressFor(key, 'support@example.org', { workspaceId, number: 1042 }),
  subject: '[#1042] Heizung fällt aus',
  text: 'Guten Tag\n\n.\nEin Punkt allein auf der Zeile.',
  html: '<p>Guten Tag</p>',
  messageId: messageIdFor(key, { domain, ticketId, mailId }),
  date: new Date('2026-04-02T09:12:13Z'),
  inReplyTo: 'b@example.com',
  references: [threadIdFor(key, { domain, ticketId }), 'a@example.com'],
  automatic: null,
  loopMark: loopMark(key, workspaceId),
  attachments: [{ name: 'Plän "EG".pdf', mime: 'application/pdf', content: Buffer.from('%PDF') }],
};

describe('a mail of ours', () => {
  test('is read back as it was meant', async () => {
    const { bytes, envelope, messageId } = await composeMail(input);
    const mail = await decodeMail(bytes);
    expect(mail).toMatchObject({
      subject: input.subject,
      from: input.from,
      to: [input.to],
      replyTo: [{ address: input.replyTo }],
      messageId,
      inReplyTo: ['b@example.com'],
      references: [...input.references, 'b@example.com'],
      date: input.date,
      html: input.html,
    });
    expect(mail.text.trim()).toBe(input.text);
    expect(mail.attachments).toMatchObject([{ name: 'Plän _EG_.pdf', mime: 'application/pdf', size: 4 }]);
    expect(envelope).toEqual({ from: 'support@example.org', to: ['erika@example.com'] });
  });

  test('has lines every relay takes', async () => {
    const long = { ...input, text: 'x'.repeat(5000), html: `<p>${'ü'.repeat(5000)}</p>`, subject: 'Ä'.repeat(300) };
    const { bytes } = await composeMail(long);
    for (const line of bytes.toString('latin1').split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
    expect(bytes.toString('latin1')).not.toMatch(/[^\r]\n/);
  });

  test('finds its ticket again by two anchors when it is answered', async () => {
    const reply = `From: erika@example.com\nTo: ${input.replyTo}\nIn-Reply-To: <${input.messageId}>\nSubject: AW: ${input.subject}\n\nDanke`;
    const hints = threadHints(await decodeMail(Buffer.from(reply)), { key, workspaceId });
    expect(hints).toEqual([
      { by: 'address', number: 1042 },
      { by: 'ownId', ticketId, mailId },
      { by: 'subject', number: 1042 },
    ]);
  });

  test('written by a person says nothing of machines; written by us it does, and we know it again', async () => {
    const own = { workspaceId, addresses: ['support@example.org'], key };
    const human = await decodeMail((await composeMail(input)).bytes);
    expect(human.headers.has('auto-submitted')).toBe(false);
    expect(human.headers.has('x-auto-response-suppress')).toBe(false);
    expect(judgeMail(human, own)).toMatchObject({ automatic: [], ownMail: ['loop mark'] });
    const machine = await decodeMail((await composeMail({ ...input, automatic: 'replied' })).bytes);
    expect(machine.headers.get('auto-submitted')).toEqual(['auto-replied']);
    expect(machine.headers.get('x-auto-response-suppress')).toEqual(['OOF, AutoReply']);
    expect(judgeMail(machine, own).automatic).toEqual(['Auto-Submitted']);
  });

  test('keeps References short: the first, the newest, the answered one last', async () => {
    const ids = Array.from({ length: 200 }, (_, i) => `mail-number-${i}@mailer.example.com`);
    const { bytes } = await composeMail({
      ...input,
      references: [input.references[0] ?? '', ...ids],
      inReplyTo: 'last@example.com',
    });
    const field = (await decodeMail(bytes)).headers.get('references')?.[0] ?? '';
    expect(field.length).toBeLessThanOrEqual(1500);
    expect(field.startsWith(`<${input.references[0]}>`)).toBe(true);
    expect(field.endsWith('<mail-number-199@mailer.example.com> <last@example.com>')).toBe(true);
  });

  test('carries Outlook’s thread on', async () => {
    const { bytes } = await composeMail({ ...input, outlook: { index: 'AdAbCdEf', topic: 'Heizung' } });
    const { headers } = await decodeMail(bytes);
    expect(headers.get('thread-index')).toEqual(['AdAbCdEf']);
    expect(headers.get('thread-topic')).toEqual(['Heizung']);
  });

  test('cannot be given another header, nor a file of this machine', async () => {
    const { bytes } = await composeMail({
      ...input,
      subject: 'Hallo\r\nBcc: x@example.net',
      to: { name: 'Erika\r\nBcc: y@example.net', address: 'erika@example.com' },
      references: ['a@b>\r\nBcc: z@example.net'],
      attachments: [{ name: '/etc/passwd', mime: 'text/plain', content: Buffer.from('x') }],
    });
    const mail = await decodeMail(bytes);
    expect(mail.headers.has('bcc')).toBe(false);
    expect(mail.attachments[0]?.content.toString()).toBe('x');
  });
});
