import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBridgeDesk, type BridgeDesk } from '../support/bridge-desk.ts';
import { run } from '../support/cast.ts';
import type { Delivered } from '../support/smtp-sink.ts';
import { until } from '../support/until.ts';

/* Machines that answer machines. What passes between them is counted; it ends by itself, for want of mails. */

const service = 'service@nordlicht.example';
const help = 'hilfe@suedstern.example';

let desk: BridgeDesk;

beforeAll(async () => {
  desk = await startBridgeDesk();
  const { cast } = desk;
  await run(cast.ada, 'account.create', { name: 'Service', address: service, pool: cast.heating, kind: 'smtp' });
  const pool = (await run(cast.zoe, 'pool.create', { name: 'Eingang' })).result['pool'] ?? '';
  await run(cast.zoe, 'account.create', { name: 'Hilfe', address: help, pool, kind: 'smtp' });
});
afterAll(() => desk.stop());

const write = (raw: string, from: string, to: string) => desk.deliver(raw, { to: [to], from });

/** Nothing is on its way: all that came is filed, and all that was written has left. */
const isQuiet = async () => {
  const [row] = await desk.db.owner<{ busy: number }[]>`
    select
      (select count(*) from lotse.mails where state in ('stored', 'parsed', 'threaded'))::int
      + (select count(*) from lotse.outgoing_mails where state in ('queued', 'sending'))::int as busy
  `;
  return row?.busy === 0;
};

/** Carries on what Lotse sends until nothing is sent any more, or far too much was; returns how many mails it sent. */
async function carry(answer: (sent: Delivered) => Promise<unknown>, most: number): Promise<number> {
  let done = 0;
  while (done <= most) {
    await until(async () => desk.sink.delivered.length > done || (await isQuiet()));
    const sent = desk.sink.delivered[done];
    if (!sent) return done;
    done++;
    await answer(sent);
  }
  return done;
}

/** What a careless relay leaves of a mail: no mark of a machine, no thread. */
function stripped({ mail }: Delivered, { from, to }: { from: string; to: string }): string {
  const subject = (mail.subject ?? '').replace(/\[#\d+\]\s*/g, '');
  return `From: ${from}\r\nTo: ${to}\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${mail.text ?? ''}`;
}

/** What was sent before counts for no bound any more. */
const daysPass = () => desk.db.owner`update lotse.outgoing_mails set created_at = created_at - interval '2 days'`;

/** Two installations have two keys: what one signs looks to the other like anybody's. Twice it is as it was. */
function acrossKeys(raw: string): string {
  const turned = (text: string) => [...text].reverse().join('');
  return raw
    .replace(/(?<=lotse\.[a-z2-7]{26}\.(?:thread|[a-z2-7]{26})\.)[a-z2-7]{26}(?=@)/g, turned)
    .replace(/(?<=\+\d{1,9}\.)[a-z2-7]{26}(?=@)/g, turned)
    .replace(/(?<=^X-Lotse-(?:Loop|Origin): )\S+/gm, turned);
}

test.each([
  ['in one installation', (raw: string) => raw],
  ['with keys of their own', acrossKeys],
])('two desks %s that write to each other stop after one confirmation', async (name, travelled) => {
  await daysPass();
  desk.sink.delivered.length = 0;
  const raw = `From: ${help}\r\nTo: ${service}\r\nSubject: Hallo\r\n\r\nGuten Tag, ${name}.`;
  await write(raw, help, service);
  const sent = await carry(async ({ raw: bytes, from, to }) => {
    await write(travelled(bytes.toString('latin1')), from, to[0] ?? '');
  }, 30);
  expect(sent).toBe(1);
});

test('two desks behind a relay that hides what they are stop within five confirmations a day each', async () => {
  await daysPass();
  desk.sink.delivered.length = 0;
  await write(`From: ${help}\r\nTo: ${service}\r\nSubject: Anfrage\r\n\r\nGuten Morgen.`, help, service);
  const sent = await carry(async (mail) => {
    // The ten minutes between two confirmations are over each time: the day's bound alone ends it.
    await desk.db.owner`update lotse.outgoing_mails set created_at = created_at - interval '11 minutes'`;
    const to = mail.to[0] ?? '';
    const from = to.startsWith('hilfe') ? service : help;
    await write(stripped(mail, { from, to: to.startsWith('hilfe') ? help : service }), from, to);
  }, 40);
  expect(sent).toBeGreaterThan(1);
  expect(sent).toBeLessThanOrEqual(10);
});

test('a responder that answers each mail from another address stops at twenty', async () => {
  await daysPass();
  desk.sink.delivered.length = 0;
  let cases = 0;
  const next = () => `case-${++cases}@crm.example`;
  const first = next();
  await write(`From: ${first}\r\nTo: ${service}\r\nSubject: Danke (1)\r\n\r\nFall 1`, first, service);
  const sent = await carry(async (mail) => {
    const from = next();
    const words = {
      ...mail,
      mail: { ...mail.mail, subject: `Re: Danke (${cases})`, text: `Fall ${cases}\n\n${mail.mail.text ?? ''}` },
    };
    await write(stripped(words, { from, to: service }), from, service);
  }, 60);
  expect(sent).toBe(20);
});

test('a responder that keeps our thread is answered by nobody but people', async () => {
  await daysPass();
  desk.sink.delivered.length = 0;
  await write(
    `From: start@crm.example\r\nTo: ${service}\r\nSubject: Bitte\r\n\r\nEin Anliegen`,
    'start@crm.example',
    service,
  );
  let cases = 0;
  const sent = await carry(async ({ mail }) => {
    const from = `again-${++cases}@crm.example`;
    const head = `From: ${from}\r\nTo: ${service}\r\nSubject: Re: ${mail.subject ?? ''}\r\nIn-Reply-To: ${mail.messageId ?? ''}`;
    await write(`${head}\r\n\r\nFall ${cases} wird bearbeitet.`, from, service);
  }, 30);
  expect(sent).toBe(1);
});

test('who complains of a mail of ours gets none that nobody wrote any more, and whoever forges it changes nothing', async () => {
  const rita = 'rita@complains.example';
  let complaints = 0;
  const ask = async (subject: string) => {
    const raw = `From: ${rita}\r\nSubject: ${subject}\r\n\r\nBitte ${subject}.`;
    await write(raw, rita, service);
    await until(
      async () => (await desk.db.owner`select from lotse.mails where subject = ${subject} and state = 'filed'`).length,
    );
    await desk.db
      .owner`update lotse.outgoing_mails set created_at = created_at - interval '11 minutes' where kind = 'confirmation'`;
  };
  const complain = async (about: string) => {
    const own = `complaint.${++complaints}@isp.example`;
    const raw = [
      `From: complaints@isp.example\r\nTo: ${service}\r\nSubject: Abuse report\r\nMessage-ID: <${own}>\r\nMIME-Version: 1.0`,
      'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n',
      '--b\r\nContent-Type: text/plain\r\n\r\nThis is spam.\r\n',
      `--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nOriginal-Rcpt-To: <${rita}>\r\n`,
      `--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <${about}>\r\n`,
      '--b--',
    ].join('\r\n');
    await write(raw, 'complaints@isp.example', service);
    await until(
      async () =>
        (await desk.db.owner`select from lotse.mails where message_id = ${own} and ended_at is not null`).length,
    );
  };
  const confirmations = () => desk.db.owner<{ messageId: string; state: string }[]>`
    select message_id, state from lotse.outgoing_mails where kind = 'confirmation' and to_address = ${rita} order by created_at
  `;
  await ask('K1');
  const first = await until(async () => (await confirmations()).find(({ state }) => state === 'sent')?.messageId);
  await complain(first.replace(/.(?=@)/, (sign) => (sign === 'a' ? 'b' : 'a')));
  await ask('K2');
  expect(await confirmations()).toHaveLength(2);
  await complain(first);
  await ask('K3');
  expect(await confirmations()).toHaveLength(2);
});
