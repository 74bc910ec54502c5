import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { connect } from '#server/database/pool.ts';
import { median, round } from './figures.ts';

export type Machine = {
  system: string;
  processor: string;
  cores: number;
  memoryGb: number;
  /** Median of writing 8 KB and waiting until the disk has it: no single commit is quicker. */
  fsyncMs: number;
  node: string;
  postgres: string;
};

export async function describeMachine(databaseUrl: string): Promise<Machine> {
  return {
    system: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? '',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    fsyncMs: round(fsyncMs()),
    node: process.versions.node,
    postgres: await postgresVersion(databaseUrl),
  };
}

/** On the disk where the databases of the benchmark lie. */
function fsyncMs(): number {
  const folder = mkdtempSync(join(tmpdir(), 'lotse-bench-'));
  const page = Buffer.alloc(8192, 7);
  const file = openSync(join(folder, 'page'), 'w');
  try {
    const times = Array.from({ length: 100 }, () => {
      const begin = performance.now();
      writeSync(file, page);
      fdatasyncSync(file);
      return performance.now() - begin;
    });
    return median(times);
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
}

/**
 * How much of all cores others use, 0 to 1, in a second in which the benchmark itself does nothing. Above 0.1 the figures
 * are noise. The load average would not tell: it still counts the part before.
 */
export async function busyShare(): Promise<number> {
  const before = processorTimes();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const after = processorTimes();
  return round((after.busy - before.busy) / (after.all - before.all));
}

function processorTimes(): { busy: number; all: number } {
  const times = cpus().map((core) => core.times);
  const sum = (of: (core: (typeof times)[number]) => number) => times.reduce((all, core) => all + of(core), 0);
  const all = sum(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq);
  return { all, busy: all - sum(({ idle }) => idle) };
}

async function postgresVersion(url: string): Promise<string> {
  const sql = connect(url, { connections: 1, name: 'lotse bench' });
  const [row] = await sql<{ serverVersion: string }[]>`show server_version`;
  await sql.end({ timeout: 5 });
  return row?.serverVersion ?? '';
}
