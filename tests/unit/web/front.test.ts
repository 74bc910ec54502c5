import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { config, decide } from '#server/config.ts';
import type { Part } from '#server/part.ts';
import { trusted } from '#server/web/front.ts';
import { freePortFrom, listen, type Web } from '#server/web/listen.ts';

let web: Web;

beforeAll(async () => {
  decide({ PORT: String(await freePortFrom('127.0.0.1', 38_000)), TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' });
  web = await listen();
});
afterAll(() => web.close());

test('a taken port is told in one sentence', async () => {
  await expect(listen()).rejects.toThrow(
    `Port ${config().port} on 127.0.0.1 is taken by another program; set PORT to a free one.`,
  );
});

test('before everything runs, pages answer 502, readiness 503 and health 200', async () => {
  expect(await statuses('/', '/readyz', '/healthz')).toEqual([502, 503, 200]);
});

test('a client that asks for a socket meanwhile and resets harms nobody', async () => {
  const socket = connect(config().port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET /socket.io/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  socket.resetAndDestroy();
  const polite = connect(config().port, '127.0.0.1');
  polite.write('GET /socket.io/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  const [answer] = (await once(polite, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 502 /);
  polite.destroy();
  expect(await statuses('/healthz')).toEqual([200]);
});

test('readiness names the part that cannot work, and goes on serving', async () => {
  const stop = async () => undefined;
  const parts = new Map<string, Part>([
    ['database', { stop, isReady: async () => Promise.reject(new Error('gone')) }],
    ['feed', { stop, isReady: () => true }],
    ['web', { stop }],
  ]);
  web.open((_, response) => response.end(), parts);
  const response = await fetch(address('/readyz'));
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ ready: false, parts: { database: false, feed: true, web: true } });
  parts.set('database', { stop });
  expect(await (await fetch(address('/readyz'))).json()).toMatchObject({ ready: true });
});

test('a process that hangs alone asks to be left alone', async () => {
  const stop = async () => undefined;
  let hangs = true;
  web.open((_, response) => response.end(), new Map<string, Part>([['database', { stop, isHung: () => hangs }]]));
  expect(await statuses('/readyz', '/healthz')).toEqual([503, 200]);
  hangs = false;
  expect(await statuses('/readyz')).toEqual([200]);
});

test.each([
  ['a proxy of ours is believed', { 'x-forwarded-for': '203.0.113.9' }, ['203.0.113.9', 'http']],
  [
    'what a stranger put in front of it is not',
    { 'x-forwarded-for': '1.2.3.4, 203.0.113.9, 10.0.0.7' },
    ['203.0.113.9', 'http'],
  ],
  [
    'nor are headers under our own names',
    { [trusted.address]: '1.2.3.4', [trusted.protocol]: 'https' },
    ['127.0.0.1', 'http'],
  ],
  ['its protocol counts', { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' }, ['203.0.113.9', 'https']],
])('behind a trusted proxy: %s', async (_, headers, seen) => {
  expect(await seenWith(headers)).toEqual(seen);
});

test('without a trusted proxy nothing that is forwarded counts', async () => {
  decide({ TRUSTED_PROXIES: '' });
  expect(await seenWith({ 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' })).toEqual([
    '127.0.0.1',
    'http',
  ]);
});

async function seenWith(headers: Record<string, string>) {
  let seen: unknown[] = [];
  const answer: Parameters<Web['open']>[0] = (request, response) => {
    seen = [request.headers[trusted.address], request.headers[trusted.protocol]];
    expect(Object.keys(request.headers).filter((name) => name.startsWith('x-forwarded'))).toEqual([]);
    response.end();
  };
  web.open(answer, new Map());
  await fetch(address('/'), { headers });
  return seen;
}

function statuses(...paths: string[]) {
  return Promise.all(paths.map(async (path) => (await fetch(address(path))).status));
}

function address(path: string): string {
  return `http://127.0.0.1:${config().port}${path}`;
}
