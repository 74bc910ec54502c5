import { afterAll, beforeAll, expect, test } from 'vitest';
import { asActor } from '#server/database/actor.ts';
import { tableOf } from '#lib/ticket/history-table.ts';
import { history, wholeHistory } from '#server/domain/history.ts';
import * as views from '#server/domain/views.ts';
import { createCast, createTicket, linkFor, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { overlap } from '../support/waiting.ts';

let db: TestDatabase;
let cast: Cast;

beforeAll(async () => {
  db = await createTestDatabase();
  cast = await createCast();
});
afterAll(() => db.drop());

test('tells every change with who, before and after, newest first', async () => {
  const ticket = await createTicket(cast);
  await run(cast.ben, 'ticket.claim', { ticket });
  await run(cast.mona, 'ticket.assign', { ticket, member: cast.gus.memberId });
  await run(cast.mona, 'ticket.change', { ticket, priority: 'high' });
  await run(cast.mona, 'ticket.move', { ticket, pool: cast.lift });
  const { entries, next } = await asActor(cast.ada, (tx) => history(tx, ticket));
  expect(next).toBeNull();
  expect(entries.map(({ type, author }) => [type, author.name])).toEqual([
    ['ticket.moved', 'Mona Reis'],
    ['ticket.changed', 'Mona Reis'],
    ['ticket.assigned', 'Mona Reis'],
    ['ticket.claimed', 'Ben Okoro'],
    ['ticket.created', 'Ada Lund'],
  ]);
  expect(entries[0]).toMatchObject({ data: { from: cast.heating, to: cast.lift }, names: { [cast.lift]: 'Aufzug' } });
  expect(entries[1]).toMatchObject({ data: { before: { priority: 'normal' }, after: { priority: 'high' } } });
  expect(entries[2]?.names).toEqual({ [cast.ben.memberId]: 'Ben Okoro', [cast.gus.memberId]: 'Gus Hartmann' });
});

test('says who looked, between what happened, and a second look soon after is the same', async () => {
  const ticket = await createTicket(cast);
  for (let i = 0; i < 2; i++) await run(cast.ben, 'ticket.read', { ticket, at: new Date().toISOString() });
  const { entries } = await asActor(cast.ada, (tx) => history(tx, ticket));
  expect(entries.map(({ type, author }) => [type, author.name])).toEqual([
    ['ticket.viewed', 'Ben Okoro'],
    ['ticket.created', 'Ada Lund'],
  ]);
});

test('says that somebody looked once in ten minutes, whether he opened the ticket or read on in it', async () => {
  const ticket = await createTicket(cast);
  const { workspaceId, memberId } = cast.ben;
  const open = () => views.look({ workspaceId, memberId, ticketId: ticket });
  const read = () => run(cast.ben, 'ticket.read', { ticket, at: new Date().toISOString() });
  const age = (by: string) =>
    db.owner`update lotse.ticket_views set viewed_at = viewed_at - ${by}::interval where ticket_id = ${ticket}`;
  const looks = async () => (await db.owner`select from lotse.ticket_views where ticket_id = ${ticket}`).length;
  await open();
  await age('9 minutes');
  await read();
  expect(await looks()).toBe(1);
  await age('2 minutes');
  await read();
  expect(await looks()).toBe(2);
  await age('9 minutes');
  await open();
  expect(await looks()).toBe(2);
});

test('takes opening a ticket and reading on in it at the same moment for one look', async () => {
  const ticket = await createTicket(cast);
  const { workspaceId, memberId } = cast.ben;
  await overlap(
    db.owner,
    (sql) => views.keep({ system: (work) => work(sql) }, { workspaceId, memberId, ticketId: ticket }),
    () => run(cast.ben, 'ticket.read', { ticket, at: new Date().toISOString() }),
  );
  expect(await db.owner`select from lotse.ticket_views where ticket_id = ${ticket}`).toHaveLength(1);
});

test('names the customer who wrote', async () => {
  const ticket = await createTicket(cast);
  await run(await linkFor(cast, ticket), 'message.post', {
    ticket,
    kind: 'message',
    visibility: 'public',
    html: 'Hallo',
  });
  const { entries } = await asActor(cast.ada, (tx) => history(tx, ticket));
  expect(entries[0]).toMatchObject({ type: 'message.posted', author: { kind: 'contact', name: 'Petra Weber' } });
});

test('is empty for whoever may not see the ticket, a customer included', async () => {
  const ticket = await createTicket(cast);
  for (const actor of [cast.cleo, cast.zoe])
    expect(await asActor(actor, (tx) => history(tx, ticket))).toEqual({ entries: [], next: null });
});

test('comes in pages that neither skip nor repeat', async () => {
  const ticket = await createTicket(cast);
  for (let i = 0; i < 6; i++) await run(cast.mona, 'ticket.change', { ticket, tags: [`t${i}`] });
  const whole = await asActor(cast.ada, (tx) => history(tx, ticket));
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const part = await asActor(cast.ada, (tx) => history(tx, ticket, { most: 3, cursor }));
    ids.push(...part.entries.map(({ id }) => id));
    cursor = part.next ?? undefined;
  } while (cursor);
  expect(ids).toEqual(whole.entries.map(({ id }) => id));
  expect(ids).toHaveLength(7);
});

test.each(['x', '9999-99-99T99:99:99Z e1', '2026-02-30T00:00:00.000000Z e1', '2026-11-21T10:00:00Z'])(
  'starts anew for %j, which is no place in it',
  async (cursor) => {
    const ticket = await createTicket(cast);
    const { entries } = await asActor(cast.ada, (tx) => history(tx, ticket, { cursor }));
    expect(entries).toHaveLength(1);
  },
);

test('can be taken along as a table, whole, oldest first, and no name in it is a formula', async () => {
  const ticket = await createTicket(cast);
  const trick = '=HYPERLINK("https://elsewhere.example")';
  for (let i = 0; i < 3; i++) await run(cast.mona, 'ticket.change', { ticket, tags: [`${i},"x"`] });
  await run(cast.ben, 'member.change', { member: cast.ben.memberId, name: trick });
  await run(cast.ben, 'ticket.claim', { ticket });
  const table = tableOf(await asActor(cast.ada, (tx) => wholeHistory(tx, ticket)));
  const rows = parse(table);
  expect(rows.map(([, , type]) => type)).toEqual([
    expect.any(String),
    'ticket.created',
    'ticket.changed',
    'ticket.changed',
    'ticket.changed',
    'ticket.claimed',
  ]);
  expect(rows[3]?.[4]).toContain('1,\\"x\\"');
  expect(rows.at(-1)?.[1]).toBe(`'${trick}`);
  expect(tableOf(await asActor(cast.cleo, (tx) => wholeHistory(tx, ticket))).split('\r\n')).toHaveLength(2);
});

/** RFC 4180, as a spreadsheet reads it. */
function parse(table: string): string[][] {
  const lines = table
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\r\n');
  return lines.map((line) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
      ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
    ),
  );
}
