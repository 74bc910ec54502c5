import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { decide } from '#server/config.ts';
import { store } from '#server/domain/mails.ts';
import { startIntake } from '#server/mail/intake.ts';
import { parseLimits, stopParsing } from '#server/mail/parse.ts';
import { readHead } from '#server/mail/read-head.ts';
import { createCast, run } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

/* A mail that takes more than it may: it becomes a ticket that says so, with the mail as a file, and the mails beside it are filed. */

const service = 'service@nordlicht.example';
const usual = { ...parseLimits };
let db: TestDatabase;
let folder: string;
let account: { id: string; workspaceId: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  db = await createTestDatabase();
  decide({ FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
  const cast = await createCast();
  const settings = { name: 'Service', kind: 'smtp' as const, address: service, pool: cast.heating };
  const { result } = await run(cast.ada, 'account.create', { ...settings, sendsConfirmation: false });
  account = { id: result['account'] ?? '', workspaceId: cast.workspaceId };
});
afterEach(async () => {
  Object.assign(parseLimits, usual);
  await stopParsing();
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

const head = (subject: string) =>
  `From: Erika Muster <erika@example.com>\r\nTo: ${service}\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\n`;
const plain = (subject: string) => `${head(subject)}\r\nGuten Tag.\r\n`;

type Row = { subject: string; state: string; reason: string; files: string[]; text: string };

/** The mails are taken together, the bad one between others; it is not tried as often as usual. */
async function filed(name: string, bad: string): Promise<Map<string, Row>> {
  const subjects = [`${name} davor`, name, `${name} danach`];
  for (const subject of subjects) {
    const raw = Buffer.from(subject === name ? bad : plain(subject));
    await store({ account, raw, head: readHead(raw), envelope: { from: 'erika@example.com', to: [service] } });
  }
  const intake = startIntake();
  const rows = await until(async () => {
    await db.owner`
      update lotse.mails set attempts = case when subject = ${name} then 2 else 0 end, next_attempt_at = now()
      where state = 'stored' and attempts = 1 and reason <> '' and next_attempt_at > now()
    `;
    intake.poke();
    const ended = await db.owner<Row[]>`
      select
        m.subject, m.state, m.reason, coalesce(said.body_text, '') as text,
        array(select f.name from lotse.files f where f.message_id = m.ticket_message_id) as files
      from lotse.mails m
      left join lotse.messages said on said.id = m.ticket_message_id
      where m.subject = any (${subjects}) and m.state in ('filed', 'ignored', 'failed')
    `;
    return ended.length === subjects.length && ended;
  });
  await intake.stop();
  return new Map(rows.map((row) => [row.subject, row]));
}

/** A second of work, and its text takes more than ten times its size. */
const endless = (subject: string) =>
  `${head(subject)}Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n` +
  `${'=41'.repeat(24)}=\r\n`.repeat(270_000);

test.each([
  ['time', { timeMs: 300 }],
  ['memory', { heapMb: 48 }],
])('a mail that takes too much %s is given up and shown as a file; the others are filed', async (limit, limits) => {
  Object.assign(parseLimits, limits);
  const name = `Zu viel ${limit}`;
  const rows = await filed(name, endless(name));
  expect(rows.get(name)).toMatchObject({ state: 'failed', reason: `unreadable: ${limit}`, files: ['mail.eml'] });
  for (const other of [`${name} davor`, `${name} danach`])
    expect(rows.get(other)).toMatchObject({ state: 'filed', reason: 'ticket.created', text: 'Guten Tag.' });
});

const nested = (depth: number) =>
  Array.from(
    { length: depth },
    (_, at) => `--b${at}\r\nContent-Type: multipart/mixed; boundary=b${at + 1}\r\n\r\n`,
  ).join('');

test.each([
  ['parts', 'multipart/mixed; boundary=b', 'Guten Tag.\r\n' + '--b\r\n\r\nNoch ein Teil.\r\n'.repeat(1_200)],
  ['Tiefe', 'multipart/mixed; boundary=b0', `--b0\r\n\r\nNoch ein Teil.\r\n${nested(60)}`],
])(
  'a mail with too much of %s shows what could be read, says that it is cut, and brings the whole',
  async (limit, type, body) => {
    const name = `Zu viel ${limit}`;
    const rows = await filed(name, `${head(name)}Content-Type: ${type}\r\n\r\n${body}`);
    const bad = rows.get(name);
    expect(bad).toMatchObject({ state: 'filed', reason: 'ticket.created', files: ['mail.eml'] });
    expect(bad?.text).toContain('Vollständig liegt sie als Datei');
    expect(bad?.text).toContain('Noch ein Teil.');
    for (const other of [`${name} davor`, `${name} danach`]) expect(rows.get(other)).toMatchObject({ state: 'filed' });
  },
);
