import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Answer } from '#lib/shared/errors.ts';
import { execute } from '#server/execute.ts';
import { createCast, createTicket, run, type Cast } from '../support/cast.ts';
import { createLiveDatabase, openBoard, type Page } from '../support/live.ts';
import type { TestDatabase } from '../support/database.ts';
import { startKillable, type Killable } from '../support/notes.ts';
import { until } from '../support/until.ts';
import { overlap } from '../support/waiting.ts';

/* A command whose first attempt got stuck on its way is sent again, to another process: both must come to the same. */

let database: TestDatabase;
let cast: Cast;
let one: Killable;
let two: Killable;

beforeAll(async () => {
  database = await createLiveDatabase();
  cast = await createCast();
});
afterAll(() => database.drop());

const eventsOf = async (command: string) => {
  const rows = await database.owner<{ type: string }[]>`select type from lotse.events where command_id = ${command}`;
  return rows.map(({ type }) => type);
};
const rowsOf = (command: string) => database.owner`select from lotse.commands where id = ${command}`;

const onTicket: [string, (ticket: string) => Record<string, unknown>][] = [
  ['ticket.claim', (ticket) => ({ ticket })],
  ['ticket.setStatus', (ticket) => ({ ticket, status: 'in_progress' })],
  ['message.post', (ticket) => ({ ticket, kind: 'message', visibility: 'public', html: '<p>Wort</p>' })],
];

describe('over two processes, where the first attempt begins after the second was refused', () => {
  let hung: Page;
  let quick: Page;

  beforeEach(async () => {
    [one, two] = await Promise.all([startKillable(database.url, 0), startKillable(database.url, 0)]);
    [hung, quick] = await Promise.all([
      openBoard({ database, live: one }, cast.ada),
      openBoard({ database, live: two }, cast.ada),
    ]);
  });
  afterEach(async () => {
    [hung, quick].forEach((page) => page.close());
    one.resume();
    await Promise.all([one.kill(), two.kill()]);
  });

  test.each(onTicket)('%s stays refused', async (name, inputFor) => {
    const [id, ticket] = [randomUUID(), randomUUID()];
    const input = inputFor(ticket);
    one.pause();
    const late = new Promise<Answer>((answer) =>
      hung.socket.emit('command', { id, name, input, isFirst: true }, answer),
    );
    const refused = await quick.command(name, input, id);
    expect(refused).toMatchObject({ ok: false });
    await createTicket(cast, { ticket });
    one.resume();
    expect(await late).toEqual(refused);
    expect(await eventsOf(id)).toEqual([]);
    // Whoever asks once more hears the same.
    expect(await quick.command(name, input, id)).toEqual(refused);
  });

  test('what the killed process had not begun is done once by the other', async () => {
    const [id, ticket] = [randomUUID(), await createTicket(cast)];
    one.pause();
    hung.socket.emit('command', { id, name: 'ticket.claim', input: { ticket }, isFirst: true }, () => undefined);
    await one.kill();
    expect(await quick.command('ticket.claim', { ticket }, id)).toMatchObject({ ok: true });
    expect((await eventsOf(id)).every((type) => type === 'ticket.claimed')).toBe(true);
    expect(await rowsOf(id)).toHaveLength(1);
  });
});

test('a second attempt that finds no reason any more, while the first is being done, answers what the first did', async () => {
  const [id, ticket] = [randomUUID(), await createTicket(cast)];
  const { workspaceId, memberId } = cast.ada;
  const [seen] = await database.owner<{ id: number; seq: number }[]>`
    select id::int, seq::int from lotse.events where ticket_id = ${ticket} and class = 'staff'
  `;
  const answer = await overlap(
    database.owner,
    (sql) => sql`
      insert into lotse.commands (workspace_id, actor, id, name, answer)
      values (${workspaceId}, ${`member:${memberId}`}, ${id}, 'ticket.claim', ${sql.json({ result: null, eventIds: [seen?.id ?? 0] })})
    `,
    () => execute(cast.ada, { id, name: 'ticket.claim', input: { ticket: randomUUID() } }),
  );
  expect(answer).toEqual({ ok: true, seq: seen?.seq, result: null });
});

test('a refusal is kept where another attempt may be under way, and only there', async () => {
  const [first, again] = [randomUUID(), randomUUID()];
  const call = { name: 'ticket.claim', input: { ticket: randomUUID() } };
  expect(await execute(cast.ada, { ...call, id: first, isFirst: true })).toMatchObject({ ok: false });
  expect(await rowsOf(first)).toHaveLength(0);
  expect(await execute(cast.ada, { ...call, id: again })).toMatchObject({ ok: false });
  expect(await rowsOf(again)).toHaveLength(1);
});

test('a detail of the refusal is kept with it, and of anybody else the same id is another command', async () => {
  const [id, ticket] = [randomUUID(), await createTicket(cast)];
  await run(cast.mona, 'ticket.claim', { ticket });
  const call = { id, name: 'ticket.claim', input: { ticket } };
  const refused = await execute(cast.ada, call);
  expect(refused).toEqual({ ok: false, error: { code: 'ticket.taken', detail: { winner: cast.mona.memberId } } });
  await run(cast.mona, 'ticket.release', { ticket });
  expect(await execute(cast.ada, { ...call, isFirst: true })).toEqual(refused);
  expect(await execute(cast.ben, { ...call, isFirst: true })).toMatchObject({ ok: true });
});

test('an id under which something else was done or refused is told so, and never taken for that', async () => {
  const [claimed, posted, refused] = [randomUUID(), randomUUID(), randomUUID()];
  const ticket = await createTicket(cast);
  const say = { ticket, kind: 'message', visibility: 'public', html: '<p>Wort</p>' };
  const other = { ok: false, error: { code: 'bad.input', detail: { field: 'id' } } };
  const claim = { name: 'ticket.claim', input: { ticket } };
  const post = { name: 'message.post', input: say };
  expect(await execute(cast.ada, { ...post, id: posted })).toMatchObject({ ok: true });
  expect(await execute(cast.ada, { ...claim, id: posted, isFirst: true })).toEqual(other);
  expect(await execute(cast.ada, { ...claim, id: claimed })).toMatchObject({ ok: true });
  expect(await execute(cast.ada, { ...post, id: claimed })).toEqual(other);
  expect(await execute(cast.ada, { ...claim, id: refused, input: { ticket: randomUUID() } })).toMatchObject({
    ok: false,
  });
  expect(await execute(cast.ada, { ...post, id: refused })).toEqual(other);
  expect(await eventsOf(claimed)).toEqual(['ticket.claimed', 'ticket.claimed']);
  expect(await eventsOf(refused)).toEqual([]);
});

test.each([
  ['ticket.claim', 'ticket.setStatus'],
  ['ticket.setStatus', 'ticket.claim'],
])('an id that comes as %s and as %s at the same moment is done as the first, without a deadlock', async (...names) => {
  const [id, ticket] = [randomUUID(), await createTicket(cast)];
  const inputs: Record<string, unknown> = Object.fromEntries(
    onTicket.map(([name, inputFor]) => [name, inputFor(ticket)]),
  );
  const started: Promise<Answer>[] = [];
  await database.owner.begin(async (sql) => {
    // Where the first is held up, with all that it has locked by then.
    await sql`select from lotse.workspace_counters where workspace_id = ${cast.workspaceId} for update`;
    for (const [at, name] of names.entries()) {
      started.push(execute(cast.ada, { id, name, input: inputs[name], isFirst: true }));
      const waits = await until(async () => {
        const rows = await sql<{ event: string }[]>`
          select wait_event as event from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
        `;
        return rows.length > at && rows.map(({ event }) => event);
      });
      // The second waits for the first, before it locks anything that the first may want.
      expect(waits.includes('advisory')).toBe(at === 1);
    }
  });
  const [first, second] = await Promise.all(started);
  expect(first).toMatchObject({ ok: true });
  expect(second).toEqual({ ok: false, error: { code: 'bad.input', detail: { field: 'id' } } });
});
