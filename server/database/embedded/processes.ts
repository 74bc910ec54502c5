import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Tells a process from a later one that got the same number; null when there is none. */
export function identity(pid: number): string | null {
  if (!existsSync('/proc/self/stat')) return ps(pid, 'lstart=');
  const stat = read(`/proc/${pid}/stat`);
  // proc(5): the name in brackets may hold anything; the start time is field 22, the state field 3. Z has ended already.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return !fields || fields[0] === 'Z' ? null : (fields[19] ?? null);
}

/** The command line, or null when the process is gone. */
export function commandLine(pid: number): string | null {
  if (identity(pid) === null) return null;
  if (!existsSync('/proc/self/cmdline')) return ps(pid, 'args=');
  return read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? null;
}

/** @returns whether the process ended in time */
export async function hasEnded(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (identity(pid) !== null) {
    if (Date.now() > deadline) return false;
    await pause(20);
  }
  return true;
}

/** PostgreSQL's own ladder: fast (sessions are ended, everything is written), immediate, and then the system's. */
export async function endPostgres(pid: number): Promise<void> {
  for (const [signal, timeoutMs] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!signalTo(pid, signal) || (await hasEnded(pid, timeoutMs))) return;
  }
}

/** @returns false when there is no such process any more */
export function signalTo(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It ended between the question and the answer.
    return null;
  }
}

function ps(pid: number, column: string): string | null {
  try {
    const answer = execFileSync('ps', ['-o', column, '-p', String(pid)], { stdio: 'pipe', timeout: 10_000 });
    return answer.toString('utf8').trim() || null;
  } catch {
    // ps ends with 1 when the process is gone.
    return null;
  }
}
