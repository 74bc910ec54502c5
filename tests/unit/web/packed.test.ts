import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { packed } from '../../../src/packed.server.ts';

const words = 'Heizung kalt. '.repeat(1_000);

const ask = (acceptEncoding = 'gzip, br') =>
  new Request('http://desk.example', { headers: { 'accept-encoding': acceptEncoding } });

const page = (headers: Record<string, string> = {}) =>
  new Response(words, { headers: { 'content-type': 'text/html; charset=utf-8', 'set-cookie': 'a=b', ...headers } });

test('a page is packed for whoever takes it, and nothing else of it changes', async () => {
  const response = packed(ask(), page({ 'content-length': String(words.length) }));
  expect(Object.fromEntries(response.headers)).toEqual({
    'content-type': 'text/html; charset=utf-8',
    'content-encoding': 'gzip',
    vary: 'accept-encoding',
    'set-cookie': 'a=b',
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.length).toBeLessThan(words.length / 20);
  expect(gunzipSync(bytes).toString()).toBe(words);
});

test('files, small answers, packed ones and who cannot unpack get what there is', () => {
  const as = [
    packed(ask('br'), page()),
    packed(ask(), page({ 'content-type': 'application/pdf' })),
    packed(ask(), page({ 'content-length': '300' })),
    packed(ask(), new Response(null, { status: 303 })),
  ];
  for (const response of as) expect(response.headers.has('content-encoding')).toBe(false);
  expect(packed(ask(), page({ 'content-encoding': 'br' })).headers.get('content-encoding')).toBe('br');
});
