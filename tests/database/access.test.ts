import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbedded, type Embedded } from '#server/database/embedded.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { actors, grants, operations, sightOf, tables, words, type Operation } from './access/document.ts';
import { mayBe } from './access/expected.ts';
import type { Attempt, Existing, Fixture, Fixtures } from './access/rows.ts';
import { checkRows } from './access/rows/checks.ts';
import { conversationRows } from './access/rows/conversation.ts';
import { customerRows } from './access/rows/customers.ts';
import { filterRows } from './access/rows/filters.ts';
import { inboxRows } from './access/rows/inbox.ts';
import { ledgerRows } from './access/rows/ledger.ts';
import { teamRows } from './access/rows/team.ts';
import { ticketRows } from './access/rows/tickets.ts';
import { inTheNameOf, tried } from './access/try.ts';
import { createWorld, states, type World } from './access/world.ts';

/** A refusal by right or by rule. Anything else means that the attempt itself is wrong. */
const refusals = ['42501', 'LT001'];

describe.each(['the newest PostgreSQL', 'PostgreSQL 15'])('on %s', (version) => {
  let cluster: Embedded | undefined;
  let db: TestDatabase;
  let world: World;
  let fixtures: Fixtures;

  beforeAll(async () => {
    if (version === 'PostgreSQL 15') cluster = await startEmbedded({ major: 15, fast: true });
    db = await createTestDatabase(cluster ? { cluster: cluster.url } : {});
    await db.owner`
      do $$ begin
        if not exists (select from pg_roles where rolname = 'lotse_test_other') then
          create role lotse_test_other nologin;
        end if;
      end $$
    `;
    world = await createWorld(db.owner);
    fixtures = {
      ...(await ticketRows(world, db.owner)),
      ...(await conversationRows(world, db.owner)),
      ...(await ledgerRows(world, db.owner)),
      ...(await teamRows(world, db.owner)),
      ...(await customerRows(world, db.owner)),
    };
    fixtures = {
      ...fixtures,
      ...(await inboxRows(world, db.owner, fixtures['mails'])),
      ...(await filterRows(world, db.owner)),
      ...(await checkRows(world, db.owner)),
    };
  });
  afterAll(async () => {
    await db.drop();
    await cluster?.stop();
  });

  test('the document, the tests and the database know the same tables, actors and states', async () => {
    const rows = await db.owner<{ name: string }[]>`
      select relname as name from pg_class where relnamespace = 'lotse'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
    `;
    const known = rows.map(({ name }) => name).sort();
    expect([...tables].sort()).toEqual(known);
    expect(Object.keys(fixtures).sort()).toEqual(known);
    expect([...world.actors.keys()].sort()).toEqual([...actors.keys()].sort());
    for (const actor of actors.keys()) for (const state of states) expect(() => sightOf(actor, state)).not.toThrow();
    for (const table of tables)
      for (const actor of actors.keys())
        for (const operation of operations)
          for (const word of grants(actor, table, operation).flat()) expect(words).toContain(word);
  });

  test.each(tables)('%s: everybody may what is written, and nothing else', async (table) => {
    const fixture = fixtures[table];
    if (!fixture) throw new Error(`tests/database/access/rows plants no rows of ${table}`);
    const wrong: string[] = [];
    for (const [actor, somebody] of world.actors)
      await inTheNameOf(somebody, db.owner, async (sql) => {
        for (const { operation, row, outcome } of await everything(sql, { table, fixture, actor })) {
          const may = mayBe(world, { actor, table, operation, row });
          const isRefused = outcome === 0 || row.never?.includes(operation) || refusals.includes(String(outcome));
          const isDone = typeof outcome === 'number' && outcome > 0;
          if (may ? !isDone : isDone || !isRefused)
            wrong.push(`${actor}: ${operation} "${row.name}" should be ${may ? 'done' : 'refused'}, but: ${outcome}`);
        }
      });
    expect(wrong).toEqual([]);
  });
});

type Trial = { operation: Operation; row: Existing | Attempt; outcome: number | string };

async function everything(
  sql: TransactionSql,
  { table, fixture, actor }: { table: string; fixture: Fixture; actor: string },
): Promise<Trial[]> {
  const trials: Trial[] = [];
  const target = (point: TransactionSql) => point(`lotse.${table}`);
  for (const row of fixture.rows) {
    const matches = (point: TransactionSql) =>
      Object.entries(row.where).reduce(
        (found, [column, value]) => point`${found} and ${point(column)} = ${value as string}`,
        point`true`,
      );
    for (const operation of ['select', 'update', 'delete'] as const) {
      const outcome = await tried(sql, (point) => {
        if (operation === 'select') return point`select 1 from ${target(point)} where ${matches(point)}`;
        if (operation === 'delete') return point`delete from ${target(point)} where ${matches(point)}`;
        return point`update ${target(point)} set ${point.unsafe(fixture.set)} where ${matches(point)}`;
      });
      trials.push({ operation, row, outcome });
    }
  }
  for (const row of fixture.attempts(actor)) {
    const outcome = await tried(sql, (point) => point`insert into ${target(point)} ${point(row.values)}`);
    trials.push({ operation: 'insert', row, outcome });
  }
  return trials;
}
