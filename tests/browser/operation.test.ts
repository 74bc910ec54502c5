import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { commandLine, hasEnded } from '#server/database/embedded/processes.ts';
import { serverOptions } from '#server/setup/node-options.mjs';
import { freePort } from '../support/server.ts';
import { until } from '../support/until.ts';

/* Lotse as an operator meets it: the built server with the database it brings along, started, stopped, killed, refused. */

let parent: string;
let dataDir: string;
let running: Lotse[] = [];
let holders: Server[] = [];

/** A state folder that was used once and left in order: each test takes a copy, since making one anew takes seconds. */
const used = () => join(parent, 'used');

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'lotse-operation-'));
  // mkdtemp makes it 0700, and PostgreSQL runs as a user of its own when we are root.
  chmodSync(parent, 0o711);
  dataDir = used();
  const first = await start();
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

beforeEach(() => {
  dataDir = mkdtempSync(join(parent, 'test-'));
  // Node's own copy would forget whose the files are.
  execFileSync('cp', ['-a', `${used()}/.`, dataDir]);
});

afterEach(async () => {
  for (const { child } of running) if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  await Promise.all(running.map(({ ended }) => ended));
  for (const holder of holders) holder.close();
  running = [];
  holders = [];
  rmSync(dataDir, { recursive: true, force: true });
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it cleanly, the database last', async (signal) => {
  const lotse = await start();
  expect(await ask(lotse, '/healthz')).toMatchObject({ status: 200, body: { healthy: true } });
  expect(await ask(lotse, '/readyz')).toMatchObject({ status: 200, body: { ready: true } });
  const postgres = serverProcess();
  lotse.child.kill(signal);
  expect(await lotse.ended).toBe(0);
  expect(await hasEnded(postgres, 0)).toBe(true);
  expect(existsSync(join(dataDir, 'owner.json'))).toBe(false);
});

test('a Ctrl-C that arrives twice, from the terminal and from the set-up script, is one', async () => {
  const lotse = await start();
  lotse.child.kill('SIGINT');
  lotse.child.kill('SIGINT');
  expect(await lotse.ended).toBe(0);
});

test('stops when the set-up script that started it is killed', async () => {
  const lotse = await start();
  lotse.child.disconnect();
  expect(await lotse.ended).toBe(0);
});

test('outlives a file of the pages that a new build took away', async () => {
  const file = join('build/client', `vanishing-${process.pid}.txt`);
  writeFileSync(file, 'x');
  const lotse = await start();
  const name = `/${basename(file)}`;
  expect((await fetch(`http://127.0.0.1:${lotse.port}${name}`)).status).toBe(200);
  rmSync(file);
  const gone = new AbortController();
  const asked = fetch(`http://127.0.0.1:${lotse.port}${name}`, { signal: gone.signal }).catch(() => undefined);
  await until(async () => lotse.said.some((line) => line.startsWith('The pages were built anew')));
  gone.abort();
  await asked;
  expect(await ask(lotse, '/healthz')).toMatchObject({ status: 200 });
});

test('starts again after a kill, with the PostgreSQL that was left behind', async () => {
  const killed = await start();
  const orphan = serverProcess();
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect(commandLine(orphan)).toContain(dataDir);
  const lotse = await start();
  expect(await hasEnded(orphan, 0)).toBe(true);
  expect(await ask(lotse, '/readyz')).toMatchObject({ status: 200 });
});

test('starts its PostgreSQL again when that was killed, and works on', async () => {
  const lotse = await start();
  const killed = serverProcess();
  process.kill(killed, 'SIGKILL');
  await until(async () => existsSync(join(dataDir, 'postgres/postmaster.pid')) && serverProcess() !== killed);
  await until(async () => (await ask(lotse, '/readyz')).ready);
  expect(lotse.child.exitCode).toBeNull();
});

test('ends, and says so, when its PostgreSQL cannot be started again', async () => {
  const lotse = await start();
  const killed = serverProcess();
  rmSync(join(dataDir, 'postgres/PG_VERSION'));
  process.kill(killed, 'SIGQUIT');
  expect(await lotse.ended).toBe(1);
  expect(lotse.said).toContain('The built-in PostgreSQL has ended by itself; its reason stands in postgres.log.');
});

test('an empty installation is set up with the key that only the operator sees', async () => {
  dataDir = join(parent, 'empty');
  const lotse = await start();
  const address = await until(async () => /Set it up at (\S+)/.exec(lotse.said.join('\n'))?.[1]);
  expect((await fetch(address, { redirect: 'manual' })).status).toBe(200);
});

test.each([
  ['a wrong value', async () => ({ PORT: 'three' }), /^PORT must be a whole number/],
  [
    'a database that is away',
    async () => ({ DATABASE_URL: `postgres://u:p@127.0.0.1:${await freePort()}/x` }),
    /^The database cannot be used: /,
  ],
  [
    'a taken port',
    async () => ({ PORT: String(await takenPort()) }),
    /^Port \d+ on 127\.0\.0\.1 is taken by another program; set PORT/,
  ],
  [
    'a taken port for mail',
    async () => ({ SMTP_IN_PORT: String(await takenPort()) }),
    /^Port \d+ on 127\.0\.0\.1 is taken by another program; set .*SMTP_IN_PORT/,
  ],
])('%s is one plain sentence', async (_, settings, sentence) => {
  const lotse = launch({ PORT: String(await freePort()), ...(await settings()) });
  expect(await lotse.ended).toBe(1);
  const said = lotse.said.filter((line) => line !== 'Stopping …');
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(sentence);
});

type Lotse = { child: ChildProcess; said: string[]; ended: Promise<number | null>; port: string; up: Promise<void> };

async function start(): Promise<Lotse> {
  const lotse = launch({ PORT: String(await freePort()) });
  await lotse.up;
  return lotse;
}

function launch(settings: Record<string, string>): Lotse {
  const { VITEST: _, DATABASE_URL: __, ...environment } = process.env;
  const env = {
    ...environment,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    LOTSE_MODE: 'start',
    NODE_ENV: 'production',
    ...settings,
  };
  const child = spawn(process.execPath, [...serverOptions, 'server/index.ts'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const said: string[] = [];
  const up = Promise.withResolvers<void>();
  const lines = createInterface({ input: child.stderr ?? Readable.from([]) });
  lines.on('line', (line) => {
    said.push(line);
    if (/^Lotse runs at /.test(line)) up.resolve();
  });
  // Not "close", which never comes once we have closed the channel ourselves.
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(
    ([[code]]: [(number | null)[], unknown]) => {
      up.reject(new Error(`Lotse did not start:\n${said.join('\n')}`));
      return code ?? null;
    },
  );
  // Those that are refused are never waited for.
  up.promise.catch(() => undefined);
  const lotse = { child, said, ended, port: settings['PORT'] ?? '', up: up.promise };
  running.push(lotse);
  return lotse;
}

async function ask({ port }: Lotse, path: string) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  const body = (await response.json()) as { ready?: boolean };
  return { status: response.status, body, ready: body.ready ?? false };
}

function serverProcess(): number {
  return Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
}

async function takenPort(): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  holders.push(holder);
  const address = holder.address();
  return typeof address === 'object' && address ? address.port : 0;
}
