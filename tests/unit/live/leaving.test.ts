import { afterEach, expect, test, vi } from 'vitest';
import { Live } from '#lib/live/live.svelte.ts';

const one = '5b8a3a44-7d4b-4b1c-9a51-6d4b2f1f0001';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A page whose commands go by POST, and are answered when the test says so. */
function page() {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('window', window);
  vi.stubGlobal('document', document);
  // Nobody listens there: no socket comes about.
  vi.stubGlobal('location', { protocol: 'http:', hostname: '127.0.0.1', host: '127.0.0.1:9', port: '9' });
  const answers: (() => void)[] = [];
  vi.stubGlobal('fetch', (_: string, { method }: RequestInit) => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    if (method === 'POST') answers.push(() => resolve(Response.json({ ok: true, seq: 1, result: null })));
    return promise;
  });
  const asks = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  return { answers, asks };
}

test('who closes the tab is asked while any of a batch still waits for its turn, and not once all is done', async () => {
  const { answers, asks } = page();
  const live = new Live('nord', { id: 'ben', name: 'Ben', role: 'member' });
  const stop = live.start();
  try {
    expect(asks()).toBe(false);
    const sent = Promise.all([
      live.send('ticket.claim', { ticket: one }, { batch: true }),
      live.send('ticket.release', { ticket: one }, { batch: true }),
    ]);
    expect(asks()).toBe(true);
    for (const turn of [1, 2]) {
      await vi.waitFor(() => expect(answers).toHaveLength(turn));
      expect(live.commands.unsent).toEqual([]);
      expect(asks()).toBe(true);
      answers[turn - 1]?.();
    }
    await sent;
    expect(asks()).toBe(false);
  } finally {
    stop();
  }
});
