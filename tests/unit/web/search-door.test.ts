import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequest } from '@sveltejs/kit/node';
import { afterEach, expect, test, vi } from 'vitest';
import { GET } from '../../../src/routes/api/v1/[workspace]/search/+server.ts';

const asked = vi.hoisted(() => ({ search: vi.fn() }));
vi.mock('#server/domain/search.ts', () => asked);

type Event = Parameters<typeof GET>[0];

afterEach(() => void vi.clearAllMocks());

test('a browser that goes takes its search along', async () => {
  const begun = Promise.withResolvers<AbortSignal>();
  asked.search.mockImplementation((_member: unknown, _text: string, { signal }: { signal: AbortSignal }) => {
    begun.resolve(signal);
    return new Promise(() => undefined);
  });
  const answer = async (request: IncomingMessage) => {
    const event = {
      request: await getRequest({ request, base: 'http://desk' }),
      url: new URL(`http://desk${request.url}`),
      locals: { session: {}, member: { id: 'ben', workspaceId: 'nord' } },
    };
    await GET(event as unknown as Event);
  };
  const server = createServer((request) => void answer(request));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const browser = get({ port: (server.address() as AddressInfo).port, path: '/api/v1/nord/search?q=heizung' });
  browser.on('error', () => undefined);
  const signal = await begun.promise;
  const ended = once(signal, 'abort');
  expect(signal.aborted).toBe(false);
  browser.destroy();
  await ended;
  server.close();
});
