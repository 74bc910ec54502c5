import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { serverOptions } from '#server/setup/node-options.mjs';

export type TestServer = { address: string; port: number; stop(): Promise<void>; kill(): Promise<void> };

/** The built server as an operator runs it, over a database that the test made. Needs `npm run build`. */
export async function startServer(databaseUrl: string, settings: Record<string, string> = {}): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lotse-server-'));
  const port = String(await freePort());
  const { VITEST: _, ...environment } = process.env;
  const env = { ...environment, DATABASE_URL: databaseUrl, PORT: port, DATA_DIR: dataDir, LOG_LEVEL: 'error' };
  const child = spawn(process.execPath, [...serverOptions, 'server/index.ts'], {
    env: { ...env, LOTSE_MODE: 'start', NODE_ENV: 'production', ...settings },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said: string[] = [];
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      const address = /^Lotse runs at (\S+)/.exec(line)?.[1];
      if (address) resolve(address);
    });
    void ended.then(() => reject(new Error(`The server did not start:\n${said.join('\n')}`)));
  });
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal);
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  };
  return {
    address: await ready,
    port: Number(port),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
