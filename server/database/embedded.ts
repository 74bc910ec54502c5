import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import postgres from 'postgres';
import { PlainError } from '#server/plain.ts';
import { isRoot } from '#server/setup/home.mjs';
import { serverAccount } from './embedded/account.ts';
import { initialise, launch, type Cluster } from './embedded/cluster.ts';
import { disown, own, sweepTemporary, temporaryPrefix } from './embedded/ownership.ts';
import { endPostgres, signalTo } from './embedded/processes.ts';
import { findPrograms, type Major } from './embedded/programs.ts';

type Options = {
  /** The state folder; without it a throw-away cluster below the temporary folder. */
  dataDir?: string;
  /** Default: any free port. */
  port?: number;
  /** False removes the folder at the end. Default: true with dataDir. */
  persistent?: boolean;
  /** Nothing survives a power cut, for tests. */
  fast?: boolean;
  major?: Major;
  /** Called when the server ends without having been asked to. */
  onDeath?: () => void;
  /** Starts it again when it ended by itself, some times in a row; only then `onDeath` is called. */
  revive?: boolean;
};

export type Embedded = { url: string; stop(): Promise<void> };

/**
 * A PostgreSQL of our own on 127.0.0.1.
 * @returns the superuser's address of the database "lotse"
 * @throws PlainError
 */
export async function startEmbedded(options: Options): Promise<Embedded> {
  const { persistent = options.dataDir !== undefined, major = 18 } = options;
  if (!options.dataDir) await sweepTemporary();
  const home = openHome(options.dataDir);
  await own(home);
  const cluster = { home, programs: findPrograms(major), account: serverAccount(), major, password: passwordOf(home) };
  try {
    await initialise(cluster);
    const { child, port } = await launchOnFreePort(cluster, options);
    const again = () => launch(cluster, port, settings(options.fast ?? false));
    const stop = guard(child, {
      home,
      persistent,
      onDeath: options.onDeath,
      again: options.revive ? again : undefined,
    });
    await createDatabase(`postgres://postgres:${cluster.password}@127.0.0.1:${port}`);
    return { url: `postgres://postgres:${cluster.password}@127.0.0.1:${port}/lotse`, stop };
  } catch (error) {
    disown(home);
    if (!persistent) await rm(home, { recursive: true, force: true });
    throw error;
  }
}

function openHome(dataDir: string | undefined): string {
  const home = dataDir ? resolve(dataDir) : mkdtempSync(join(tmpdir(), temporaryPrefix));
  // As root, PostgreSQL's user must pass through, yet not look around.
  if (!existsSync(home)) mkdirSync(home, { recursive: true, mode: isRoot ? 0o711 : 0o700 });
  else if (isRoot && !dataDir) chmodSync(home, 0o711);
  return home;
}

function passwordOf(home: string): string {
  const file = join(home, 'database-password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

async function launchOnFreePort(cluster: Cluster, options: Options): Promise<{ child: ChildProcess; port: number }> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const port = options.port ?? (await freePort());
    const child = await launch(cluster, port, settings(options.fast ?? false));
    if (child) return { child, port };
    if (options.port) throw new PlainError(`Port ${options.port} on 127.0.0.1 is taken; PostgreSQL needs another one.`);
  }
  throw new PlainError('No free port on 127.0.0.1 was found for PostgreSQL.');
}

function settings(fast: boolean): string[] {
  return [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    // All tests that run beside each other share one, with servers of their own.
    `max_connections=${fast ? 300 : 100}`,
    `shared_buffers=${fast ? '64MB' : '256MB'}`,
    'max_wal_size=1GB',
    'random_page_cost=1.1',
    'timezone=UTC',
    // Its log must hold nothing that people wrote: no statements, no "Key (address)=(…)".
    'log_min_messages=warning',
    'log_min_error_statement=panic',
    'log_error_verbosity=terse',
    ...(fast ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_wal_size=4GB'] : []),
  ];
}

const running = new Map<number, { home: string; persistent: boolean }>();

/** The last resort, also after an uncaught error; only SIGKILL gets past it, and the next start sweeps up after that. */
process.once('exit', () => {
  for (const [pid, { home, persistent }] of running) {
    signalTo(pid, persistent ? 'SIGINT' : 'SIGKILL');
    if (!persistent) rmSync(home, { recursive: true, force: true });
  }
});

type Guarded = {
  home: string;
  persistent: boolean;
  onDeath: (() => void) | undefined;
  again: (() => Promise<ChildProcess | null>) | undefined;
};

/** Its other processes need a moment to notice that it is gone. */
const reviveMs = 500;
const mostRevivals = 10;

function guard(first: ChildProcess, { home, persistent, onDeath, again }: Guarded): () => Promise<void> {
  let pid = 0;
  let isStopping = false;
  let revivals = 0;
  let reviving = Promise.resolve();
  watch(first);

  function watch(child: ChildProcess): void {
    pid = child.pid ?? 0;
    running.set(pid, { home, persistent });
    child.once('exit', () => {
      if (running.delete(child.pid ?? 0)) reviving = revive();
    });
  }

  async function revive(): Promise<void> {
    while (again && !isStopping && revivals++ < mostRevivals) {
      await pause(reviveMs);
      const child = await again().catch(() => null);
      if (child) return watch(child);
    }
    if (!isStopping) onDeath?.();
  }

  return async () => {
    isStopping = true;
    await reviving;
    running.delete(pid);
    await endPostgres(pid);
    disown(home);
    if (!persistent) await rm(home, { recursive: true, force: true });
  };
}

async function createDatabase(server: string): Promise<void> {
  const sql = postgres(`${server}/postgres`, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    const [found] = await sql`select 1 from pg_database where datname = 'lotse'`;
    if (!found) await sql`create database lotse`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done, failed) => probe.once('error', failed).listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
