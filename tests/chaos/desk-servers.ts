import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { serverOptions } from '#server/setup/node-options.mjs';
import { freePort } from '../support/server.ts';

export type DeskServer = {
  port: number;
  pid(): number | undefined;
  /** kill -9, and started again on the same port; resolves when it runs. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

type Options = {
  databaseUrl: string;
  settings?: Record<string, string>;
  nodeArgs?: string[];
  say: (line: string) => void;
};

/** The built server as an operator runs it, in a process that may be killed at any moment. */
export async function startDeskServer({
  databaseUrl,
  settings = {},
  nodeArgs = [],
  say,
}: Options): Promise<DeskServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lotse-chaos-'));
  const port = await freePort();
  const { VITEST: _, ...environment } = process.env;
  const env = {
    ...environment,
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'error',
    LOTSE_MODE: 'start',
    NODE_ENV: 'production',
    ...settings,
  };
  let child: ChildProcessByStdio<null, Readable, Readable> | undefined;

  const start = async () => {
    const started = spawn(process.execPath, [...serverOptions, ...nodeArgs, 'server/index.ts'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    const said: string[] = [];
    const running = new Promise<void>((resolve, reject) => {
      createInterface({ input: started.stderr }).on('line', (line) => {
        said.push(line);
        if (line.startsWith('Lotse runs at')) resolve();
      });
      started.once('exit', (code) => reject(new Error(`The server ended by itself (${code}):\n${said.join('\n')}`)));
    });
    // Its log: one line for each error nobody expected.
    createInterface({ input: started.stdout }).on('line', say);
    await running;
  };
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    port,
    pid: () => child?.pid,
    async restart() {
      await kill();
      await start();
    },
    async stop() {
      await kill();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
