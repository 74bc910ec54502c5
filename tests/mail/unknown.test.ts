import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTicket, run } from '../support/cast.ts';
import { password, startDovecot, type Dovecot } from '../support/dovecot.ts';
import { startOutboxDesk, type OutboxDesk } from '../support/outbox-desk.ts';
import { startSmtpServer, type FakeSmtp } from '../support/smtp-server.ts';

/* A server had the whole text and hung up: the account's own folder of sent mails may tell what became of it. */

let desk: OutboxDesk;
let dovecot: Dovecot;
let smtp: FakeSmtp;
let ticket: string;

beforeAll(async () => {
  [desk, dovecot, smtp] = await Promise.all([startOutboxDesk(), startDovecot(), startSmtpServer()]);
  const pool = (await run(desk.cast.ada, 'pool.create', { name: 'Postfach' })).result['pool'] ?? '';
  await run(desk.cast.ada, 'account.create', {
    name: 'Postfach',
    address: 'postfach@nordlicht.example',
    pool,
    kind: 'imap',
    imapHost: '127.0.0.1',
    imapPort: dovecot.port,
    imapSecurity: 'none',
    imapUser: 'postfach',
    imapPassword: password,
    smtpHost: '127.0.0.1',
    smtpPort: smtp.port,
    smtpSecurity: 'none',
  });
  ticket = await createTicket(desk.cast, { pool });
});

beforeEach(() => {
  smtp.taken.length = 0;
  smtp.misbehave({ '.': 'cut' });
});

afterEach(() => desk.rest());

afterAll(async () => {
  await Promise.all([desk.stop(), smtp.stop()]);
  await dovecot.stop();
});

/** Handed over, and nobody said whether it was taken; from now on all servers are honest. */
async function unsure(words: string) {
  const message = await desk.say(ticket, `<p>${words}</p>`);
  desk.start();
  await desk.becomes(message, 'unknown');
  smtp.misbehave({});
  return { message, raw: smtp.taken[0]?.raw ?? expect.fail('nothing arrived') };
}

/** What a provider does that keeps a copy of what leaves by it. */
const keep = (folder: string, raw: Buffer) =>
  dovecot.visit('postfach', async (box) => {
    await box.mailboxCreate(folder);
    await box.append(folder, raw, ['\\Seen']);
  });

test('a copy in the folder of sent mails proves that it left: it is not sent again', async () => {
  const { message, raw } = await unsure('Liegt bei den gesendeten.');
  await keep('Sent', raw);
  await desk.hurry(message);
  expect(await desk.becomes(message, 'sent')).toMatchObject({ attempts: 1, response: 'copy found' });
  expect(smtp.taken).toHaveLength(1);
});

test('a folder of sent mails without it proves nothing: it is sent once more with the same id, and says so', async () => {
  const { message, raw } = await unsure('Liegt nirgends.');
  await desk.hurry(message);
  expect(await desk.becomes(message, 'sent', 2)).toMatchObject({ attempts: 2 });
  expect(smtp.taken.map((mail) => mail.raw.equals(raw))).toEqual([true, true]);
  const [row] = await desk.db.owner<{ repeated: boolean }[]>`
    select repeated_at is not null as repeated from lotse.outgoing_mails where ticket_message_id = ${message}
  `;
  expect(row?.repeated).toBe(true);
});

test('a mailbox that cannot be asked, or calls its folder by a German name, keeps no mail waiting', async () => {
  const first = await unsure('Gesendete Elemente.');
  await dovecot.visit('postfach', (box) => box.mailboxDelete('Sent'));
  await keep('Gesendete Elemente', first.raw);
  await desk.hurry(first.message);
  expect(await desk.becomes(first.message, 'sent')).toMatchObject({ attempts: 1, response: 'copy found' });
  await desk.rest();
  smtp.misbehave({ '.': 'cut' });
  const second = await unsure('Niemand zu Hause.');
  await dovecot.kill();
  await desk.hurry(second.message);
  expect(await desk.becomes(second.message, 'sent', 2)).toMatchObject({ attempts: 2 });
  await dovecot.start();
});

test('who is told of a bounce meanwhile sends nothing again', async () => {
  const { message } = await unsure('Kommt zurück.');
  await desk.db.owner`update lotse.outgoing_mails set state = 'bounced' where ticket_message_id = ${message}`;
  await desk.hurry(message);
  const later = await desk.say(ticket, '<p>Danach.</p>');
  await desk.becomes(later, 'sent');
  expect(await desk.row(message)).toMatchObject({ state: 'bounced', attempts: 1 });
});
