import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { decide } from '#server/config.ts';
import * as mails from '#server/domain/mails.ts';
import { startIntake } from '#server/mail/intake.ts';
import type { Loop } from '#server/mail/loop.ts';
import { stopParsing } from '#server/mail/parse.ts';
import { readHead } from '#server/mail/read-head.ts';
import { receive } from '#server/mail/receive.ts';
import { createCast, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

/* Mails are filed several at a time. None of that may be seen in what becomes of each. */

let db: TestDatabase;
let cast: Cast;
let folder: string;
let account: string;
let intake: Loop | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  db = await createTestDatabase();
  decide({ FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
  cast = await createCast();
  const service = { name: 'Service', address: 'service@nordlicht.example', kind: 'smtp', pool: cast.heating } as const;
  account = (await run(cast.ada, 'account.create', service)).result['account'] ?? '';
});

beforeEach(async () => {
  await db.owner`truncate lotse.mails cascade`;
});

afterEach(async () => {
  await intake?.stop();
  intake = undefined;
});

afterAll(async () => {
  await stopParsing();
  await db.drop();
  await rm(folder, { recursive: true });
});

type Mail = { subject: string; from?: string; id?: string; answers?: string };

/** Into the ledger, in this order, before anybody works. */
async function arrive(...all: Mail[]): Promise<void> {
  for (const { subject, from = 'petra.weber@example.org', id, answers } of all) {
    const head = [`From: ${from}`, `Subject: ${subject}`, `Message-ID: <${id ?? subject}@example.org>`];
    const text = [...head, ...(answers ? [`In-Reply-To: <${answers}@example.org>`] : []), '', `Zu ${subject}.`];
    const raw = Buffer.from(text.join('\r\n'));
    const of = { id: account, workspaceId: cast.workspaceId };
    await mails.store({ account: of, raw, head: readHead(raw), envelope: { from, to: [] } });
  }
}

type Row = { subject: string; state: string; reason: string; number: number | null; attempts: number };

async function worked(count: number): Promise<Row[]> {
  intake ??= startIntake();
  return until(async () => {
    const rows = await db.owner<Row[]>`
      select m.subject, m.state, m.reason, t.number, m.attempts
      from lotse.mails m left join lotse.tickets t on t.id = m.ticket_id
      where m.state in ('filed', 'ignored') or m.reason <> ''
      order by m.received_at
    `;
    return rows.length >= count && [...rows];
  });
}

test('of two workers that hold the same mail one files it, whoever is first, and nothing stays of the other', async () => {
  await arrive({ subject: 'Zweimal genommen' });
  const queued = (await mails.next()) ?? [];
  expect(queued).toHaveLength(1);
  await Promise.all([receive(queued), receive(queued)]);
  await receive(queued);
  const made = await db.owner`
    select t.number from lotse.tickets t join lotse.messages said on said.ticket_id = t.id where t.subject = 'Zweimal genommen'
  `;
  expect(made).toHaveLength(1);
});

test('a thread that arrives at once becomes one ticket, each answer after its question', async () => {
  await arrive(
    { subject: 'Anfrage', id: 'a' },
    { subject: 'Re: Anfrage', id: 'b', answers: 'a' },
    { subject: 'Re: Re: Anfrage', id: 'c', answers: 'b' },
    { subject: 'Etwas anderes', id: 'd' },
  );
  const rows = await worked(4);
  expect(rows.map(({ state }) => state)).toEqual(['filed', 'filed', 'filed', 'filed']);
  const [first, second, third, other] = rows.map(({ number }) => number);
  expect([second, third]).toEqual([first, first]);
  expect(other).not.toBe(first);
});

test('answers to each other in a circle keep nobody waiting', async () => {
  await arrive({ subject: 'Huhn', answers: 'Ei' }, { subject: 'Ei', answers: 'Huhn' });
  expect((await worked(2)).map(({ state }) => state)).toEqual(['filed', 'filed']);
});

test('one that cannot be filed takes none of the others with it, nor anything of theirs', async () => {
  await db.owner`
    create function pg_temp_refuse() returns trigger language plpgsql as $$
    begin if new.subject = 'Gift' then raise exception 'poison'; end if; return new; end $$
  `;
  await db.owner`create trigger poison before insert on lotse.tickets for each row execute function pg_temp_refuse()`;
  const senders = ['eins', 'zwei', 'drei', 'vier', 'fuenf', 'sechs'];
  await arrive(...senders.map((name) => ({ subject: name, from: `${name}@example.org` })), {
    subject: 'Gift',
    from: 'gift@example.org',
  });
  const rows = await worked(7);
  await db.owner`drop trigger poison on lotse.tickets`;
  await db.owner`drop function pg_temp_refuse()`;
  expect(rows.filter(({ state }) => state === 'filed').map(({ subject }) => subject)).toEqual(senders);
  expect(rows.find(({ subject }) => subject === 'Gift')).toMatchObject({ state: 'stored', attempts: 1 });
  const [made] = await db.owner`
    select
      count(distinct t.id)::int as tickets, count(m.id)::int as messages,
      (select count(*)::int from lotse.contact_addresses where address = any (${[...senders, 'gift'].map((name) => `${name}@example.org`)})) as contacts
    from lotse.tickets t join lotse.messages m on m.ticket_id = t.id
    where t.subject = any (${senders})
  `;
  expect(made).toEqual({ tickets: 6, messages: 6, contacts: 6 });
});

test('several of one new sender make him one contact with several tickets and one confirmation', async () => {
  await arrive(...['A', 'B', 'C'].map((subject) => ({ subject, from: 'Neu <neu@example.org>' })));
  const rows = await worked(3);
  expect(new Set(rows.map(({ number }) => number)).size).toBe(3);
  const [made] = await db.owner`
    select count(distinct c.id)::int as contacts, count(distinct o.id)::int as confirmations
    from lotse.contact_addresses a
    join lotse.contacts c on c.id = a.contact_id
    left join lotse.outgoing_mails o on o.contact_id = c.id and o.kind = 'confirmation'
    where a.address = 'neu@example.org'
  `;
  expect(made).toEqual({ contacts: 1, confirmations: 1 });
});

test('the same bytes twice at once are one ticket', async () => {
  await arrive(
    { subject: 'Doppelt', from: 'doppelt@example.org' },
    { subject: 'Doppelt', from: 'doppelt@example.org' },
  );
  expect((await worked(2)).map(({ reason }) => reason)).toEqual(['ticket.created', 'duplicate']);
});

test('a ticket that opens by mail waits for an answer, unless a machine wrote it', async () => {
  await arrive({ subject: 'Frage' });
  await worked(1);
  const [asked] = await db.owner`
    select waiting_since is not null as waits, last_customer_at = waiting_since as same from lotse.tickets where subject = 'Frage'
  `;
  expect(asked).toEqual({ waits: true, same: true });
});

test('what was tried before is taken alone, and what it does it does to itself', async () => {
  await arrive({ subject: 'Eins' }, { subject: 'Zwei' }, { subject: 'Drei' });
  await db.owner`update lotse.mails set attempts = 1 where subject = 'Zwei'`;
  const taken = [await mails.next(), await mails.next(), await mails.next()];
  const subjects = await Promise.all(
    taken.map(async (batch) => {
      const ids = (batch ?? []).map(({ id }) => id);
      const rows = await db.owner`select subject from lotse.mails where id = any (${ids}) order by received_at`;
      return rows.map(({ subject }) => String(subject));
    }),
  );
  expect(subjects).toEqual([['Eins'], ['Zwei'], ['Drei']]);
  expect(await mails.next()).toBeNull();
});

test('the ledger says how long each step took', async () => {
  await arrive({ subject: 'Uhr' });
  await worked(1);
  const [row] = await db.owner`select spent, ended_at >= received_at as ended from lotse.mails where subject = 'Uhr'`;
  expect(row).toEqual({
    spent: { wait: expect.any(Number), read: expect.any(Number), place: expect.any(Number), file: expect.any(Number) },
    ended: true,
  });
});
