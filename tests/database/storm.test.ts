import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { Answer } from '#lib/shared/errors.ts';
import { migrate } from '#server/database/migrate.ts';
import { close, open, type TransactionSql } from '#server/database/pool.ts';
import { snapshot } from '#server/domain/board.ts';
import { eventsAfter, heads } from '#server/domain/feed.ts';
import { execute } from '#server/execute.ts';
import { createTicket, refusal, run, type Member } from '../support/cast.ts';
import { until } from '../support/until.ts';
import { useWorkspace } from '../support/workspace.ts';

// More claims than there are connections, and something they all wait for.

const desk = useWorkspace();
const connections = 8;

const claim = (member: Member, ticket: string): Promise<Answer> =>
  execute(member, { id: randomUUID(), name: 'ticket.claim', input: { ticket } });

type Storm = {
  /** What all of them need. */
  lock: (sql: TransactionSql) => Promise<unknown>;
  claims: () => Promise<Answer>[];
  meanwhile: () => Promise<unknown>;
};

async function storm({ lock, claims, meanwhile }: Storm): Promise<Answer[]> {
  let answered = 0;
  let running: Promise<Answer>[] = [];
  await desk.db.owner.begin(async (sql) => {
    await lock(sql);
    running = claims().map((answer) => answer.finally(() => answered++));
    await until(async () => (await blocked(sql)).length > 0);
    await meanwhile();
    expect(answered).toBe(0);
  });
  return Promise.all(running);
}

const blocked = (sql: TransactionSql) => sql<{ pid: number }[]>`
  select pid from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0 and datname = current_database()
`;

/** What boards, their catching up and the feed read, several times at once. */
const read = () =>
  Promise.all(
    Array.from({ length: connections }, () =>
      Promise.all([
        snapshot(desk.cast.ben),
        eventsAfter({ workspaceId: desk.cast.workspaceId, after: 0, most: 500 }),
        heads([desk.cast.workspaceId]),
      ]),
    ),
  );

/** Another pool as this process's, until the test is over. */
async function reopen(options: { lockTimeoutMs?: number } = {}): Promise<void> {
  const appUrl = await migrate(desk.db.url);
  await close();
  open(appUrl, { connections, name: 'lotse test', ...options });
}

async function limitConnections(limit: number): Promise<void> {
  const [row] = await desk.db.owner<{ name: string }[]>`select quote_ident(current_database()) as name`;
  await desk.db.owner.unsafe(`alter database ${row?.name ?? ''} connection limit ${limit}`);
}

afterEach(async () => {
  await limitConnections(-1);
  await reopen();
});

test('claims that wait for a locked ticket keep nobody from reading', async () => {
  const { ben, mona } = desk.cast;
  const ticket = await createTicket(desk.cast);
  const answers = await storm({
    lock: (sql) => sql`select from lotse.tickets where id = ${ticket} for update`,
    claims: () => Array.from({ length: 40 }, (_, i) => claim(i % 2 ? ben : mona, ticket)),
    meanwhile: read,
  });
  const refused = answers.filter((answer) => !answer.ok);
  expect(refused).toHaveLength(20);
  for (const answer of refused) expect(answer).toMatchObject({ error: { code: 'ticket.taken' } });
});

test('claims that wait for the ledger of their workspace keep nobody from reading, nor other workspaces from writing', async () => {
  const { mona, workspaceId, zoe } = desk.cast;
  const tickets = await Promise.all(Array.from({ length: 40 }, () => createTicket(desk.cast)));
  const answers = await storm({
    lock: (sql) => sql`select from lotse.workspace_counters where workspace_id = ${workspaceId} for update`,
    claims: () => tickets.map((ticket) => claim(mona, ticket)),
    meanwhile: () => Promise.all([read(), run(zoe, 'pool.create', { name: 'Süd' })]),
  });
  expect(answers.filter(({ ok }) => !ok)).toEqual([]);
});

test('who has waited too long for a lock is told so', async () => {
  const { ada, ben } = desk.cast;
  const ticket = await createTicket(desk.cast);
  await reopen({ lockTimeoutMs: 50 });
  await desk.db.owner.begin(async (sql) => {
    await sql`select from lotse.tickets where id = ${ticket} for update`;
    expect(await refusal(ben, 'ticket.claim', { ticket })).toBe('busy');
    expect(await refusal(ada, 'ticket.change', { ticket, priority: 'high' })).toBe('busy');
  });
  expect(await refusal(ben, 'ticket.claim', { ticket })).toBeNull();
});

test('what runs too long is refused, and not done', async () => {
  const ticket = await createTicket(desk.cast);
  await desk.db.owner.begin(async (sql) => {
    await sql`select from lotse.tickets where id = ${ticket} for update`;
    const answer = claim(desk.cast.ben, ticket);
    const [waiting] = await until(async () => {
      const found = await blocked(sql);
      return found.length > 0 && found;
    });
    // As the statement's own time limit does.
    await sql`select pg_cancel_backend(${waiting?.pid ?? 0})`;
    expect(await answer).toMatchObject({ ok: false, error: { code: 'busy' } });
  });
  const [row] = await desk.db.owner`select responsible_member_id from lotse.tickets where id = ${ticket}`;
  expect(row).toEqual({ responsibleMemberId: null });
});

test('when PostgreSQL takes no more connections, a command is refused and the next one works', async () => {
  const { ada, ben } = desk.cast;
  const ticket = await createTicket(desk.cast);
  await reopen();
  await limitConnections(0);
  expect(await refusal(ben, 'ticket.claim', { ticket })).toBe('busy');
  expect(await refusal(ada, 'ticket.change', { ticket, priority: 'high' })).toBe('busy');
  await limitConnections(-1);
  expect(await refusal(ben, 'ticket.claim', { ticket })).toBeNull();
});
