import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CommandInput } from '#lib/shared/commands.ts';
import { decide } from '#server/config.ts';
import { asMember } from '#server/database/actor.ts';
import { trialOf } from '#server/domain/filters.ts';
import { startMail } from '#server/mail/index.ts';
import { createCast, createTicket, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { deliver } from '../support/smtp-client.ts';
import { until } from '../support/until.ts';
import { numberOf } from '../support/waiting-mail.ts';

/* Filters in the walk of a mail, from the wire to where they send it. */

const open = 'service@nordlicht.example';
const asking = 'fragen@nordlicht.example';
let db: TestDatabase;
let cast: Cast;
let bridge: Awaited<ReturnType<typeof startMail>>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  db = await createTestDatabase();
  decide({ SMTP_IN_PORT: '0', FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
  cast = await createCast();
  const account = { pool: cast.heating, kind: 'smtp' as const };
  await run(cast.ada, 'account.create', { ...account, name: 'Service', address: open });
  await run(cast.ada, 'account.create', { ...account, name: 'Fragen', address: asking, asksFirst: true });
  bridge = await startMail();
});
beforeEach(() => db.owner`delete from lotse.filters`);
afterAll(async () => {
  await bridge.stop();
  await db.drop();
  await rm(folder, { recursive: true });
});

type Actions = CommandInput<'filter.create'>['actions'];

async function addFilter(name: string, word: string, actions: Actions): Promise<string> {
  const conditions = [{ field: 'subject' as const, is: 'contains' as const, value: word }];
  const { filter = '' } = (await run(cast.ada, 'filter.create', { name, conditions, actions })).result;
  await run(cast.ada, 'filter.change', { filter, isActive: true });
  return filter;
}

let sent = 0;
async function send(subject: string, { to = open, from = 'Nadine Neu <nadine@example.net>', head = '' } = {}) {
  const id = `${++sent}@example.net`;
  const raw = [
    ...(head ? [head] : []),
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Message-ID: <${id}>`,
    '',
    'Guten Tag.',
  ].join('\r\n');
  expect(await deliver(bridge.smtpPort ?? 0, raw, { to: [to] })).toMatch(/^250 /);
  return until(async () => {
    const [row] = await db.owner<
      {
        id: string;
        state: string;
        reason: string;
        ticketId: string | null;
        filterNames: string[];
        verdicts: string[];
      }[]
    >`
      select id, state, reason, ticket_id, filter_names, verdicts from lotse.mails
      where message_id = ${id} and state in ('waiting', 'filed', 'ignored', 'failed')
    `;
    return row;
  });
}

const ticket = async (id: string | null) =>
  (
    await db.owner<{ poolId: string; tags: string[]; priority: string }[]>`
      select pool_id, tags, priority from lotse.tickets where id = ${id}
    `
  )[0];

const comments = (id: string) =>
  db.owner<{ visibility: string; bodyText: string }[]>`
    select visibility, body_text from lotse.messages where ticket_id = ${id} order by created_at
  `;

test('a filter ignores, and its name stands with the mail', async () => {
  await addFilter('Werbung', 'Angebot', [{ do: 'ignore' }]);
  expect(await send('Unser Angebot')).toMatchObject({
    state: 'ignored',
    reason: 'filter.ignored',
    ticketId: null,
    filterNames: ['Werbung'],
  });
  expect(await send('Heizung')).toMatchObject({ state: 'filed', reason: 'ticket.created', filterNames: [] });
});

test('one that is not live does nothing', async () => {
  const filter = await addFilter('Entwurf', 'Angebot', [{ do: 'ignore' }]);
  await run(cast.ada, 'filter.change', { filter, isActive: false });
  expect(await send('Noch ein Angebot')).toMatchObject({ state: 'filed', reason: 'ticket.created' });
});

test('a filter makes a ticket in a pool, with tag and priority, also where the account asks first', async () => {
  const tagged = [
    { do: 'tag' as const, tag: 'aufzug' },
    { do: 'priority' as const, priority: 'urgent' as const },
  ];
  await addFilter('Aufzug', 'steckt', [{ do: 'ticket', pool: cast.lift }, ...tagged]);
  const mail = await send('Aufzug steckt', { to: asking });
  expect(mail).toMatchObject({ state: 'filed', reason: 'filter.ticket' });
  expect(await ticket(mail.ticketId)).toEqual({ poolId: cast.lift, tags: ['aufzug'], priority: 'urgent' });
});

test('a filter puts mail into the inbox where the account would not ask', async () => {
  await addFilter('Nachfragen', 'Frage', [{ do: 'inbox' }]);
  expect(await send('Frage')).toMatchObject({ state: 'waiting', filterNames: ['Nachfragen'] });
});

test('moved to a ticket, what only claims to be its customer’s is a comment too', async () => {
  const target = await createTicket(cast);
  await addFilter('Sammeln', 'Forderung', [{ do: 'move', number: await numberOf(db.owner, target) }]);
  await db.owner`update lotse.mail_accounts set authserv_id = 'mx.example.org' where address = ${open}`;
  const head = 'Authentication-Results: mx.example.org; dmarc=fail header.from=example.org';
  expect(await send('Forderung', { from: 'petra.weber@example.org', head })).toMatchObject({
    reason: 'filter.moved',
    verdicts: ['forged'],
  });
  await db.owner`update lotse.mail_accounts set authserv_id = '' where address = ${open}`;
  expect(await comments(target)).toMatchObject([{ visibility: 'internal' }]);
});

test('where its pool has gone, a filter’s ticket goes to the pool of the account', async () => {
  const { pool = '' } = (await run(cast.ada, 'pool.create', { name: 'Vorübergehend' })).result;
  await addFilter('Alt', 'Altes', [
    { do: 'tag', tag: 'alt' },
    { do: 'ticket', pool },
  ]);
  await run(cast.ada, 'pool.archive', { pool, isArchived: true });
  const mail = await send('Altes Fenster');
  expect(mail).toMatchObject({ state: 'filed', reason: 'ticket.created', filterNames: ['Alt'] });
  expect(await ticket(mail.ticketId)).toMatchObject({ poolId: cast.heating, tags: ['alt'] });
});

test('moved to a ticket, a stranger’s mail is a comment and its customer’s own is his message; copied, it goes both ways', async () => {
  const target = await createTicket(cast);
  const number = await numberOf(db.owner, target);
  await addFilter('Sammeln', 'Störung', [{ do: 'move', number }]);
  expect(await send('Störung in Haus 3')).toMatchObject({ state: 'filed', reason: 'filter.moved', ticketId: target });
  expect(await comments(target)).toMatchObject([
    { visibility: 'internal', bodyText: expect.stringContaining('nadine@example.net') },
  ]);
  const own = await send('Störung dauert an', { from: 'petra.weber@example.org' });
  expect(own).toMatchObject({ reason: 'filter.moved', ticketId: target });
  expect((await comments(target)).at(-1)).toMatchObject({ visibility: 'public', bodyText: 'Guten Tag.' });
  await addFilter('Kopie', 'Kopie', [{ do: 'copy', number }]);
  const copied = await send('Kopie bitte');
  expect(copied).toMatchObject({ reason: 'ticket.created', filterNames: ['Kopie'] });
  expect(copied.ticketId).not.toBe(target);
  expect((await comments(target)).at(-1)).toMatchObject({
    visibility: 'internal',
    bodyText: expect.stringContaining('Kopie bitte'),
  });
});

test('what answers a ticket passes every filter', async () => {
  await addFilter('Alles weg', 'Heizung', [{ do: 'ignore' }]);
  const target = await createTicket(cast);
  const subject = `Re: [#${await numberOf(db.owner, target)}] Heizung kalt`;
  expect(await send(subject, { from: 'petra.weber@example.org' })).toMatchObject({ state: 'filed', ticketId: target });
});

test('tried on past mails, a filter says which it would have meant, and touches none', async () => {
  const meant = await send('Probealarm am Montag');
  await send('Etwas anderes');
  const conditions = [{ field: 'subject' as const, is: 'begins' as const, value: 'probealarm' }];
  const { trial = '' } = (await run(cast.ada, 'filter.try', { conditions })).result;
  const found = await until(async () => {
    const now = await asMember(cast.ada, (tx) => trialOf(tx, trial));
    return now?.state === 'done' && now;
  });
  expect(found.mails.map(({ id }) => id)).toEqual([meant.id]);
  expect(found.looked).toBeGreaterThan(1);
  expect(await asMember(cast.mona, (tx) => trialOf(tx, trial))).toBeNull();
});
