import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
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
  /** How busy the machine was with other things when the run began; above 0.5 per core the figures are noise. */
  loadPerCore: number;
  node: string;
  postgres: string;
};

export async function describeMachine(databaseUrl: string): Promise<Machine> {
  const cores = availableParallelism();
  return {
    system: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? '',
    cores,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    fsyncMs: round(fsyncMs()),
    loadPerCore: round((loadavg()[0] ?? 0) / cores),
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

async function postgresVersion(url: string): Promise<string> {
  const sql = connect(url, { connections: 1, name: 'lotse bench' });
  const [row] = await sql<{ serverVersion: string }[]>`show server_version`;
  await sql.end({ timeout: 5 });
  return row?.serverVersion ?? '';
}
