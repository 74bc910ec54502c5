import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decide } from '#server/config.ts';
import { asMember } from '#server/database/actor.ts';
import { inboxMails, letterOf, pictureOf } from '#server/domain/inbox.ts';
import { startMail } from '#server/mail/index.ts';
import { createCast, createTicket, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { deliver } from '../support/smtp-client.ts';
import { startSink, type Sink } from '../support/smtp-sink.ts';
import { until } from '../support/until.ts';
import { numberOf } from '../support/waiting-mail.ts';

/* From the wire into the inbox, and out of it by a person's hand. */

const desk = 'fragen@nordlicht.example';
let db: TestDatabase;
let cast: Cast;
let sink: Sink;
let bridge: Awaited<ReturnType<typeof startMail>>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  sink = await startSink();
  db = await createTestDatabase();
  decide({ SMTP_URL: sink.url, SMTP_IN_PORT: '0', FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
  cast = await createCast();
  const account = { name: 'Fragen', address: desk, pool: cast.heating, kind: 'smtp' as const };
  await run(cast.ada, 'account.create', { ...account, asksFirst: true });
  bridge = await startMail();
});

afterAll(async () => {
  await bridge.stop();
  await sink.stop();
  await db.drop();
  await rm(folder, { recursive: true });
});

type Mail = { subject: string; from?: string; body?: string; headers?: string[] };

async function send({ subject, from = 'Nadine Neu <nadine@example.net>', body = 'Guten Tag.', headers = [] }: Mail) {
  const id = `${subject.replace(/\W+/g, '.')}@example.net`;
  const head = [`From: ${from}`, `To: ${desk}`, `Subject: ${subject}`, `Message-ID: <${id}>`, ...headers];
  const text = headers.some((line) => /^content-type/i.test(line)) ? body : `\r\n${body}`;
  expect(await deliver(bridge.smtpPort ?? 0, `${head.join('\r\n')}\r\n${text}`, { to: [desk] })).toMatch(/^250 /);
  return until(async () => {
    const [row] = await db.owner<
      { id: string; state: string; reason: string; ticketId: string | null; maybeTicketId: string | null }[]
    >`
      select id, state, reason, ticket_id, maybe_ticket_id from lotse.mails
      where message_id = ${id} and state in ('waiting', 'filed', 'ignored', 'failed')
    `;
    return row;
  });
}

const mixed = ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'];
const parts = [
  '',
  '--b',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>Es tropft. <img src="cid:bild"><img src="https://tracker.example/x.gif"> Telefon: 040 / 123 45 67</p>',
  '--b',
  'Content-Type: image/png; name=tropf.png',
  'Content-ID: <bild>',
  'Content-Transfer-Encoding: base64',
  '',
  'iVBORw0KGgo=',
  '--b',
  'Content-Type: application/pdf; name=vertrag.pdf',
  '',
  'x',
  '--b--',
].join('\r\n');

test('mail to an account that asks first waits, with its text, phone and files', async () => {
  const mail = await send({ subject: 'Es tropft', headers: mixed, body: parts });
  expect(mail).toMatchObject({ state: 'waiting', reason: 'inbox', ticketId: null });
  const [line] = await asMember(cast.ben, (tx) => inboxMails(tx));
  expect(line).toMatchObject({ subject: 'Es tropft', fromName: 'Nadine Neu', files: 2, account: 'Fragen' });
  const letter = await asMember(cast.ben, (tx) => letterOf(tx, mail.id));
  expect(letter).toMatchObject({ phone: '040 / 123 45 67', hasHtml: true, hasRemoteImages: true });
  expect(letter.files.map(({ name }) => name).sort()).toEqual(['tropf.png', 'vertrag.pdf']);
  const picture = await asMember(cast.ben, (tx) => pictureOf(tx, mail.id));
  expect(picture.html).toContain('data-remote="https://tracker.example/x.gif"');
  expect(picture.pictures).toMatchObject([{ contentId: 'bild' }]);
});

test('made a ticket, it is confirmed by mail, and the answer to that goes to the ticket by itself', async () => {
  const mail = await send({ subject: 'Heizung pfeift' });
  const input = { mail: mail.id, subject: 'Heizung pfeift', pool: cast.heating, name: 'Nadine Neu', confirms: true };
  const { result } = await run(cast.ben, 'mail.makeTicket', input);
  const confirmation = await sink.next(({ mail: sent }) => sent.subject?.includes(`#${result['number']}`) ?? false);
  const answer = await send({ subject: 'Danke', headers: [`In-Reply-To: ${confirmation.mail.messageId}`] });
  expect(answer).toMatchObject({ state: 'filed', ticketId: result['ticket'] });
});

test('a number in a stranger’s subject is a hint for the person who decides, and opens nothing', async () => {
  const ticket = await createTicket(cast);
  const mail = await send({ subject: `[#${await numberOf(db.owner, ticket)}] Auch ich`, from: 'fremd@example.net' });
  expect(mail).toMatchObject({ state: 'waiting', reason: 'inbox, maybe', ticketId: null, maybeTicketId: ticket });
});

test('an ignored mail that is tried again waits again', async () => {
  const mail = await send({ subject: 'Werbung' });
  await run(cast.ben, 'mail.ignore', { mail: mail.id });
  await run(cast.ada, 'mail.retry', { mail: mail.id });
  const state = async () =>
    (await db.owner<{ state: string }[]>`select state from lotse.mails where id = ${mail.id}`)[0]?.state;
  await until(async () => (await state()) === 'waiting');
  const contents = await db.owner`select mail_id from lotse.mail_contents where mail_id = ${mail.id}`;
  expect(contents).toHaveLength(1);
});

test('an ignored mail that is tried again where nobody asks any more becomes a ticket, and leaves nothing in the inbox', async () => {
  const mail = await send({ subject: 'Doch keine Werbung' });
  await run(cast.ben, 'mail.ignore', { mail: mail.id });
  await db.owner`update lotse.mail_accounts set asks_first = false`;
  await run(cast.ada, 'mail.retry', { mail: mail.id });
  await until(async () => {
    const [row] = await db.owner<{ state: string }[]>`select state from lotse.mails where id = ${mail.id}`;
    return row?.state === 'filed';
  });
  await db.owner`update lotse.mail_accounts set asks_first = true`;
  expect(await db.owner`select mail_id from lotse.mail_contents where mail_id = ${mail.id}`).toEqual([]);
});
