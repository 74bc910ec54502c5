import { spawn, type ChildProcess } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PlainError } from '#server/plain.ts';
import type { Account } from './account.ts';
import { dataFolder } from './ownership.ts';
import type { Major, Programs } from './programs.ts';

export type Cluster = { home: string; programs: Programs; account: Account; major: Major; password: string };

const superuser = 'postgres';

/** Creates the data folder, whole or not at all: one that a kill cut off is begun again. */
export async function initialise(cluster: Cluster): Promise<void> {
  const data = dataFolder(cluster.home);
  if (existsSync(join(data, 'PG_VERSION'))) return checkVersion(data, cluster.major);
  const unfinished = `${data}.new`;
  const passwordFile = join(cluster.home, 'initial-password');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, cluster.password, { mode: 0o600 });
  give(unfinished, cluster.account);
  give(passwordFile, cluster.account);
  try {
    await runInitdb(cluster, [`--pgdata=${unfinished}`, `--pwfile=${passwordFile}`]);
    renameSync(unfinished, data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/**
 * Starts the server in a session of its own: a Ctrl-C in the terminal reaches us alone, and we stop it last.
 * @returns the process, once it takes connections, or null when the port was taken meanwhile
 */
export async function launch(cluster: Cluster, port: number, flags: string[]): Promise<ChildProcess | null> {
  const data = dataFolder(cluster.home);
  const logFile = join(cluster.home, 'postgres.log');
  // A file and not a pipe: PostgreSQL must survive our death long enough to shut down.
  const log = openSync(logFile, 'w', 0o600);
  const args = ['-D', data, '-p', String(port), ...flags.flatMap((flag) => ['-c', flag])];
  const child = spawn(cluster.programs.postgres, args, {
    ...cluster.account,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: plainEnvironment(),
  });
  closeSync(log);
  const outcome = await Promise.race([cannotRun(child), untilReady(child, data)]);
  if (outcome === 'ready') {
    child.unref();
    return child;
  }
  const written = readFileSync(logFile, 'utf8');
  if (/could not bind|Address already in use/.test(written)) return null;
  throw new PlainError(explain(written, cluster.home));
}

async function untilReady(child: ChildProcess, data: string): Promise<'ready' | 'ended'> {
  // Long, because after a crash it first replays what was written.
  const deadline = Date.now() + 300_000;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    if (isReady(child, data)) return 'ready';
    await pause(20);
  }
  if (child.exitCode === null) child.kill('SIGQUIT');
  return 'ended';
}

/** Line 8 of postmaster.pid is what pg_ctl waits for too (miscadmin.h, LOCK_FILE_LINE_PM_STATUS). */
function isReady(child: ChildProcess, data: string): boolean {
  const lock = join(data, 'postmaster.pid');
  if (!existsSync(lock)) return false;
  const lines = readFileSync(lock, 'utf8').split('\n');
  return Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready';
}

async function runInitdb(cluster: Cluster, args: string[]): Promise<void> {
  // The built-in provider sorts and folds alike on every machine; 15 does not have it yet.
  const locale =
    cluster.major >= 17
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      : ['--locale-provider=libc', '--locale=C.UTF-8'];
  const all = [
    ...args,
    `--username=${superuser}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-instructions',
    ...locale,
  ];
  const child = spawn(cluster.programs.initdb, all, {
    ...cluster.account,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: plainEnvironment(),
    timeout: 120_000,
  });
  let written = '';
  child.stderr.on('data', (chunk: Buffer) => (written += chunk.toString('utf8')));
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const code = await Promise.race([cannotRun(child), closed]);
  if (code !== 0) throw new PlainError(explain(written, cluster.home));
}

function cannotRun(child: ChildProcess): Promise<never> {
  return new Promise((_, reject) =>
    child.once('error', (cause) => {
      reject(new PlainError('The built-in PostgreSQL does not run on this system; set DATABASE_URL.', { cause }));
    }),
  );
}

function explain(written: string, home: string): string {
  if (/No space left on device|Disk quota exceeded/.test(written))
    return `The disk is full: PostgreSQL cannot write to ${home}.`;
  if (/Permission denied/.test(written))
    return `PostgreSQL may not enter ${home}; set DATA_DIR to a folder it can reach.`;
  if (/pre-existing shared memory|lock file .* already exists/.test(written)) {
    return `Another PostgreSQL still uses ${home}; wait until it has ended and start again.`;
  }
  const reason = /(?:FATAL|PANIC|error): +([^\n]+)/.exec(written)?.[1] ?? written.trim().split('\n').at(-1) ?? '';
  return `PostgreSQL did not start on ${home}: ${reason.replace(/\.$/, '')}.`;
}

function checkVersion(data: string, major: Major): void {
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (found === String(major)) return;
  throw new PlainError(
    `${data} was made by PostgreSQL ${found}, but this Lotse brings ${major}; restore a backup into a new DATA_DIR.`,
  );
}

/** Messages in English, since explain() reads them; nothing else of ours is the database's business. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
}

function give(path: string, { uid, gid }: Account): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}
