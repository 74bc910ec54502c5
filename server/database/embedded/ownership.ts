import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { PlainError } from '#server/plain.ts';
import { commandLine, endPostgres, identity } from './processes.ts';

/*
 * One Lotse per state folder. The file says which process has it; a process that was killed leaves the file and a
 * running PostgreSQL behind, and the next start ends that one before it begins.
 */

export const temporaryPrefix = 'lotse-postgres-';

const ownerSchema = z.object({ pid: z.int().positive(), started: z.string() });

export function dataFolder(home: string): string {
  return join(home, 'postgres');
}

/** @throws PlainError when a living process has the folder */
export async function own(home: string): Promise<void> {
  const owner = livingOwner(home);
  if (owner !== null && owner !== process.pid) {
    throw new PlainError(
      `Lotse is already running on ${home} (process ${owner}); stop it first, or set another DATA_DIR.`,
    );
  }
  writeFileSync(ownerFile(home), JSON.stringify({ pid: process.pid, started: identity(process.pid) }), { mode: 0o600 });
  await endLeftBehind(home);
}

export function disown(home: string): void {
  rmSync(ownerFile(home), { force: true });
}

/** Throw-away clusters whose process was killed before it could remove them. */
export async function sweepTemporary(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const home = join(tmpdir(), name);
    if (!name.startsWith(temporaryPrefix) || !isOurs(home) || livingOwner(home) !== null) continue;
    await endLeftBehind(home);
    await rm(home, { recursive: true, force: true });
  }
}

async function endLeftBehind(home: string): Promise<void> {
  const data = dataFolder(home);
  const lock = join(data, 'postmaster.pid');
  const pid = Number(readOr(lock, '').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  const command = commandLine(pid);
  if (command === null) return;
  if (command.includes(data)) return endPostgres(pid);
  // The number went to somebody else, and PostgreSQL would take him for its own.
  rmSync(lock, { force: true });
}

function livingOwner(home: string): number | null {
  const text = readOr(ownerFile(home), '');
  const owner = ownerSchema.safeParse(text === '' ? null : parseJson(text));
  if (!owner.success) return null;
  return identity(owner.data.pid) === owner.data.started ? owner.data.pid : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut off by a kill or a full disk: nobody's.
    return null;
  }
}

/** Others' are theirs to sweep, and one younger than a minute may not say yet whose it is. */
function isOurs(home: string): boolean {
  const found = lstatSync(home, { throwIfNoEntry: false });
  return found !== undefined && found.uid === process.getuid?.() && Date.now() - found.mtimeMs > 60_000;
}

function ownerFile(home: string): string {
  return join(home, 'owner.json');
}

function readOr(path: string, missing: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
      return missing;
    throw error;
  }
}
