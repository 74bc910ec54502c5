import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Answer } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import { startEmbedded, type Embedded } from '#server/database/embedded.ts';
import { migrate } from '#server/database/migrate.ts';
import { close, connect, listen, open, type Sql } from '#server/database/pool.ts';
import { execute } from '#server/execute.ts';
import { Pulse } from '#server/realtime/pulse.ts';
import { createCast, run, type Cast } from '../support/cast.ts';
import { openLine, type Line } from '../support/line.ts';

/*
 * A PostgreSQL of its own with a line to it that can be cut: what happens to commands, and what screens are told, while the
 * database has trouble.
 */

let embedded: Embedded;
let line: Line;
let owner: Sql;
let cast: Cast;
let pulse: Pulse;

beforeAll(async () => {
  embedded = await startEmbedded({ fast: true });
  const app = new URL(await migrate(embedded.url));
  line = await openLine({ port: Number(app.port) });
  app.port = String(line.port);
  open(app.toString(), { connections: 4, name: 'lotse test' });
  owner = connect(embedded.url, { connections: 1, name: 'lotse test owner' });
  cast = await createCast();
});

beforeEach(() => {
  pulse = new Pulse();
});

afterEach(() => void vi.useRealTimers());

afterAll(async () => {
  line.mend();
  await close();
  await owner.end({ timeout: 5 });
  await line.stop();
  await embedded.stop();
});

const create = (id = randomUUID()) => ({
  id,
  name: 'ticket.create',
  input: { ticket: randomUUID(), subject: 'Heizung kalt', pool: cast.heating, visibility: 'public', channel: 'phone' },
});

const codeOf = (answer: Answer) => (answer.ok ? 'done' : answer.error.code);

/** Sends the same call until it is done. */
async function insist(call: ReturnType<typeof create>): Promise<Answer> {
  for (;;) {
    const answer = await execute(cast.ada, call);
    if (answer.ok) return answer;
    expect(answer.error.code).toMatch(/^(database\..*|busy)$/);
    await setImmediate();
  }
}

async function count(call: ReturnType<typeof create>): Promise<number> {
  const [row] = await owner<{ count: number }[]>`select count(*) from lotse.tickets where id = ${call.input.ticket}`;
  return row?.count ?? 0;
}

const endAll = () => owner`
  select pg_terminate_backend(pid) from pg_stat_activity where usename = 'lotse_app' and pid <> pg_backend_pid()
`;

test('while the database is away each command says so, and when to come back; sent again it is done once', async () => {
  line.cut();
  const call = create();
  const answer = await execute(cast.ada, call);
  expect(answer).toMatchObject({ ok: false, error: { code: 'database.away' } });
  expect(answer.ok || answer.error.detail['retryAfterSeconds']).toBeGreaterThan(0);
  await pulse.feel();
  expect(pulse.trouble).toBe('database.away');
  line.mend();
  await insist(call);
  expect(await execute(cast.ada, call)).toMatchObject({ ok: true });
  expect(await count(call)).toBe(1);
  await pulse.feel();
  expect(pulse.trouble).toBeNull();
});

test('a restart in the middle of many commands loses none and doubles none', async () => {
  const calls = Array.from({ length: 40 }, () => create());
  const underWay = calls.map((call) => execute(cast.ada, call));
  await endAll();
  await endAll();
  const answers = await Promise.all(underWay);
  expect(answers.map(codeOf).filter((code) => !isExpected(code))).toEqual([]);
  await Promise.all(calls.map(insist));
  expect(await Promise.all(calls.map(count))).toEqual(calls.map(() => 1));
});

const isExpected = (code: string) => code === 'done' || code === 'database.away';

test('a listener hears again after the line was cut', async () => {
  const heard = Promise.withResolvers<string>();
  const unlisten = await listen('lotse_test', (word) => heard.resolve(word));
  line.cut();
  expect(codeOf(await execute(cast.ada, create()))).toBe('database.away');
  line.mend();
  let isHeard = false;
  void heard.promise.then(() => (isHeard = true));
  while (!isHeard) await owner`select pg_notify('lotse_test', 'again')`;
  expect(await heard.promise).toBe('again');
  await unlisten();
});

describe('slow', () => {
  test('a statement beyond its time is trouble that passes', async () => {
    const late = asSystem(null, async ({ sql }) => {
      await sql`set local statement_timeout = '20ms'`;
      await sql`select pg_sleep(60)`;
    });
    await expect(late).rejects.toMatchObject({ name: 'Fault', code: 'busy' });
  });

  test('so is a lock that somebody else holds', async () => {
    const call = create();
    await insist(call);
    await owner.begin(async (sql) => {
      await sql`select from lotse.tickets where id = ${call.input.ticket} for update`;
      const waiting = asSystem(null, async (tx) => {
        await tx.sql`set local lock_timeout = '20ms'`;
        await tx.sql`select from lotse.tickets where id = ${call.input.ticket} for update`;
      });
      await expect(waiting).rejects.toMatchObject({ name: 'Fault', code: 'busy' });
    });
  });

  test('screens are told of a database that does not answer, once, and when it does again', async () => {
    const told: (string | null)[] = [];
    const first = Promise.withResolvers<void>();
    pulse.onchange((trouble) => {
      told.push(trouble);
      first.resolve();
    });
    line.freeze();
    const beat = pulse.feel();
    await first.promise;
    expect(told).toEqual(['busy']);
    line.mend();
    await beat;
    expect(told).toEqual(['busy', null]);
  });
});

test('lines that went silent are given up after a while: what had not begun is done over others, what was under way fails', async () => {
  const forgotten = Promise.withResolvers<void>();
  const openAndGoOn = () =>
    asSystem(null, async ({ sql }) => {
      await sql`select 1`;
      if (++opened === lines) forgotten.resolve(line.forget());
      await forgotten.promise;
      await sql`select 1`;
    });
  const lines = 4;
  let opened = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], shouldAdvanceTime: true });
  const underWay = Array.from({ length: lines }, openAndGoOn).map((work) =>
    expect(work).rejects.toMatchObject({ name: 'Fault', code: 'database.away' }),
  );
  await forgotten.promise;
  const call = create();
  const answer = execute(cast.ada, call);
  const beat = pulse.feel();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(pulse.trouble).toBe('busy');
  // PostgreSQL would have ended any statement by now.
  await vi.advanceTimersByTimeAsync(30_000);
  await beat;
  expect(pulse.trouble).toBeNull();
  expect(await answer).toMatchObject({ ok: true });
  expect(await count(call)).toBe(1);
  await vi.advanceTimersByTimeAsync(32_000);
  await Promise.all(underWay);
});

test('without a free connection commands wait for one, and say why', async () => {
  await owner`alter role lotse_app connection limit 0`;
  await endAll();
  const call = create();
  const refused = await Promise.all([1, 2, 3, 4, 5, 6].map(() => execute(cast.ada, create())));
  expect(refused.map(codeOf)).toContain('busy');
  await owner`alter role lotse_app connection limit -1`;
  await insist(call);
  expect(await count(call)).toBe(1);
});

test('a database that only reads is told to all, reading goes on, and writing is refused until it writes again', async () => {
  const { database } = embedded.url.match(/\/(?<database>\w+)$/)?.groups ?? {};
  await owner.unsafe(`alter database ${database} set default_transaction_read_only = on`);
  await endAll();
  const call = create();
  let answer = await execute(cast.ada, call);
  while (codeOf(answer) === 'database.away') answer = await execute(cast.ada, call);
  expect(answer).toMatchObject({ ok: false, error: { code: 'database.readOnly' } });
  await pulse.feel();
  expect(pulse.trouble).toBe('database.readOnly');
  expect(await asSystem(null, ({ sql }) => sql`select id from lotse.tickets limit 1`, { readOnly: true })).toHaveLength(
    1,
  );
  // The owner's own session was opened before.
  await owner.unsafe(`alter database ${database} reset default_transaction_read_only`);
  await endAll();
  while (pulse.trouble) await pulse.feel();
  await insist(call);
  expect(await count(call)).toBe(1);
});

test('a full disk of the database is said in its own words', async () => {
  await owner.unsafe(`
    create function public.full_disk() returns trigger language plpgsql as $$
    begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
    create trigger full_disk before insert on lotse.events for each row execute function public.full_disk();
  `);
  const call = create();
  expect(codeOf(await execute(cast.ada, call))).toBe('disk.full');
  await owner.unsafe('drop trigger full_disk on lotse.events; drop function public.full_disk()');
  await insist(call);
  expect(await count(call)).toBe(1);
});

test('what is refused for good stays refused', async () => {
  await expect(run(cast.ben, 'ticket.claim', { ticket: randomUUID() })).rejects.toThrow();
});
