import { readdirSync, readFileSync } from 'node:fs';
import type { Sql } from '#server/database/pool.ts';

/** Linux counts a process's time in hundredths of a second, for programs of every architecture. */
const msPerTick = 10;

/** Where Linux keeps the books of each process. */
export function canTellCpu(): boolean {
  return process.platform === 'linux';
}

/** Milliseconds of processor that a process has used in all its threads, kernel included. */
export function cpuMsOf(pid: number): number {
  const { own } = bookOf(pid);
  return own;
}

/** The PostgreSQL behind a connection: all its processes, those that have ended too. */
export async function postmasterOf(sql: Sql): Promise<number> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  return bookOf(row?.pid ?? 0).parent;
}

/** As `cpuMsOf`, with all children that live and all that have ended. */
export function cpuMsWithChildren(pid: number): number {
  const { own, ended } = bookOf(pid);
  const children = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  return children.reduce((sum, child) => sum + childMs(child, pid), own + ended);
}

function childMs(child: number, parent: number): number {
  try {
    const book = bookOf(child);
    return book.parent === parent ? book.own : 0;
  } catch {
    // It ended between the list and this look; its parent's book has it from the next time on.
    return 0;
  }
}

function bookOf(pid: number): { parent: number; own: number; ended: number } {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold spaces; the state follows it, then the numbers of proc(5).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (index: number) => Number(fields[index] ?? NaN);
  return {
    parent: number(1),
    own: (number(11) + number(12)) * msPerTick,
    ended: (number(13) + number(14)) * msPerTick,
  };
}
