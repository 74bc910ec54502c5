import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, describe, expect, test } from 'vitest';
import { commandLine, hasEnded } from '#server/database/embedded/processes.ts';
import { startEmbedded, type Embedded } from '#server/database/embedded.ts';
import { PlainError } from '#server/plain.ts';

const cleanUp: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

describe.each([15, 18] as const)('PostgreSQL %i', (major) => {
  test('starts empty, folds German letters and has the extensions we use', async () => {
    const sql = connect(await start({ fast: true, major }));
    await sql`create extension pg_trgm`;
    await sql`create extension unaccent`;
    await sql`create extension btree_gin`;
    const [row] = await sql`
      select current_setting('server_version_num')::int / 10000 as major, lower('ÄÖÜ') as folded,
        'Äpfel' < 'Zaun' collate "de-x-icu" as sorted, current_setting('server_encoding') as encoding`;
    expect(row).toEqual({ major, folded: 'äöü', sorted: true, encoding: 'UTF8' });
  });
});

test('a throw-away cluster leaves nothing behind', async () => {
  const database = await start({ fast: true });
  const [row] = await connect(database)`select current_setting('data_directory') as folder`;
  await database.stop();
  expect(existsSync(join(row?.['folder'], '..'))).toBe(false);
});

describe('a kept state folder', () => {
  test('keeps its rows and its password, which only the owner may read', async () => {
    const dataDir = folder();
    const first = await start({ dataDir });
    await connect(first)`create table kept (n int)`;
    await first.stop();
    const second = await start({ dataDir });
    expect(await connect(second)`select count(*)::int as n from kept`).toEqual([{ n: 0 }]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    expect(statSync(join(dataDir, 'database-password')).mode & 0o777).toBe(0o600);
  });

  test('of a killed Lotse is taken over together with its orphaned server', async () => {
    const dataDir = folder();
    const killed = await lotse(dataDir);
    const orphan = serverOf(dataDir);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(commandLine(orphan)).toContain(dataDir);
    const database = await start({ dataDir });
    expect(await hasEnded(orphan, 0)).toBe(true);
    expect(await connect(database)`select 1 as n`).toEqual([{ n: 1 }]);
  });

  test('is refused in one sentence while a living Lotse has it', async () => {
    const dataDir = folder();
    const other = await lotse(dataDir);
    await expect(startEmbedded({ dataDir })).rejects.toThrow(
      new PlainError(
        `Lotse is already running on ${dataDir} (process ${other.pid}); stop it first, or set another DATA_DIR.`,
      ),
    );
  });

  test('survives a server killed together with us, and a process number that went to somebody else', async () => {
    const dataDir = folder();
    await (await start({ dataDir })).stop();
    const lock = join(dataDir, 'postgres/postmaster.pid');
    writeFileSync(lock, `${process.pid}\n${join(dataDir, 'postgres')}\n0\n5432\n\n127.0.0.1\n\nready   \n`);
    writeFileSync(join(dataDir, 'owner.json'), '{"pid": 1, "started"');
    expect(await connect(await start({ dataDir }))`select 1 as n`).toEqual([{ n: 1 }]);
  });

  test('begins again when initdb was cut off', async () => {
    const dataDir = folder();
    const database = await start({ dataDir });
    await database.stop();
    rmSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres.new'), 'half');
    expect(await connect(await start({ dataDir }))`select 1 as n`).toEqual([{ n: 1 }]);
  });

  test('of another PostgreSQL version is refused in one sentence', async () => {
    const dataDir = folder();
    await (await start({ dataDir, major: 15 })).stop();
    await expect(startEmbedded({ dataDir })).rejects.toThrow(/was made by PostgreSQL 15, but this Lotse brings 18/);
  });
});

test('a taken port is named in one sentence', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  cleanUp.push(() => void taken.close());
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(startEmbedded({ port, fast: true })).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
});

test('its end without our doing is told', async () => {
  const dataDir = folder();
  const death = Promise.withResolvers<void>();
  await start({ dataDir, onDeath: death.resolve });
  process.kill(serverOf(dataDir), 'SIGQUIT');
  await death.promise;
});

test('it comes back by itself where that is wanted, with all that was committed, and is not told as dead', async () => {
  const dataDir = folder();
  let isDead = false;
  const database = await start({ dataDir, revive: true, onDeath: () => (isDead = true) });
  const before = connect(database);
  await before`create table kept as select 42 as answer`;
  await before.end({ timeout: 5 });
  const first = serverOf(dataDir);
  process.kill(first, 'SIGKILL');
  for (;;) {
    const sql = postgres(database.url, { max: 1, onnotice: () => undefined, connect_timeout: 5 });
    const rows = await sql<{ answer: number }[]>`select answer from kept`.catch(() => null);
    await sql.end({ timeout: 5 });
    if (rows && serverOf(dataDir) !== first) {
      expect(rows).toMatchObject([{ answer: 42 }]);
      break;
    }
  }
  expect(isDead).toBe(false);
});

async function start(options: Parameters<typeof startEmbedded>[0]): Promise<Embedded> {
  const database = await startEmbedded(options);
  cleanUp.push(() => database.stop());
  return database;
}

function connect({ url }: Embedded) {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  cleanUp.push(() => sql.end({ timeout: 5 }));
  return sql;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'lotse-test-'));
  // mkdtemp makes it 0700, and PostgreSQL runs as a user of its own when we are root.
  chmodSync(path, 0o711);
  cleanUp.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Another process that has the folder. */
async function lotse(dataDir: string): Promise<ChildProcess> {
  const code = `import { startEmbedded } from '#server/database/embedded.ts';
    await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} });
    process.once('SIGTERM', () => process.exit());
    console.log('started');
    setInterval(() => undefined, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanUp.push(async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGTERM')) await once(child, 'exit');
    await hasEnded(serverOf(dataDir), 30_000);
  });
  await once(child.stdout, 'data');
  return child;
}

function serverOf(dataDir: string): number {
  const lock = join(dataDir, 'postgres/postmaster.pid');
  return existsSync(lock) ? Number(readFileSync(lock, 'utf8').split('\n')[0]) : 0;
}
