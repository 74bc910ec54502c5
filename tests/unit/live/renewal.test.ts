import { describe, expect, test, vi } from 'vitest';
import { Unsent } from '#lib/live/queue.ts';
import { Renewal } from '#lib/live/renewal.ts';

/** Readings that are answered when the test says so. */
function readings() {
  const asked: PromiseWithResolvers<number>[] = [];
  const read = vi.fn(() => {
    const one = Promise.withResolvers<number>();
    asked.push(one);
    return one.promise;
  });
  return { asked, renewal: new Renewal({ read, pause: () => Promise.resolve() }), read };
}

describe('reading the board anew', () => {
  test('who asks gets what was read after he asked, and shares it with those who asked by then', async () => {
    const { asked, renewal, read } = readings();
    const first = renewal.now();
    const later = Promise.all([renewal.now(), renewal.now()]);
    asked[0]?.resolve(10);
    await first;
    await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(2));
    asked[1]?.resolve(12);
    await later;
    expect(read).toHaveBeenCalledTimes(2);
  });

  test('a change of people that could not be read is read until it was', async () => {
    const { asked, renewal, read } = readings();
    renewal.want(20, 0);
    await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(1));
    asked[0]?.reject(new Unsent('network', true));
    await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(2));
    asked[1]?.resolve(21);
  });

  test('one that was away for long is read when the connection is back', async () => {
    const read = vi.fn(() => Promise.reject<number>(new Unsent('network', true)));
    const renewal = new Renewal({ read, pause: () => Promise.resolve() });
    renewal.want(20, 0);
    await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(6));
    read.mockResolvedValue(20);
    renewal.retry();
    await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(7));
    renewal.retry();
    expect(read).toHaveBeenCalledTimes(7);
  });

  test('what a reading that was under way shows is not taken for the change after it', async () => {
    const { asked, renewal, read } = readings();
    const running = renewal.now();
    renewal.want(20, 0);
    asked[0]?.resolve(19);
    await running;
    await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(2));
    asked[1]?.resolve(20);
  });
});
