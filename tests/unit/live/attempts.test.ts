import { expect, test, vi } from 'vitest';
import { CommandQueue } from '#lib/live/commands.svelte.ts';
import { Shelf, Unsent, type Call, type Transport } from '#lib/live/queue.ts';
import type { Answer } from '#lib/shared/errors.ts';
import { createStorage } from '../../support/storage.ts';

const taken: Answer = { ok: false, error: { code: 'ticket.taken', detail: { winner: 'mona' } } };

test('only the very first attempt says that no other can be under way', async () => {
  const disk = createStorage();
  const said: { id: string; isFirst: boolean }[] = [];
  const tab = (server: () => Answer) => {
    const transport: Transport = async ({ id }: Call, isFirst) => {
      said.push({ id, isFirst });
      return server();
    };
    const ears = { onguess: vi.fn(), onsettled: vi.fn(), onrefused: vi.fn() };
    const pause = (ms: number) => (ms === 0 ? Promise.resolve() : new Promise<void>(() => undefined));
    return { ears, queue: new CommandQueue({ transport, shelf: new Shelf('nord:ben', disk), pause }, ears) };
  };
  const before = tab(() => {
    throw new Unsent('cut', true);
  });
  void before.queue.send('ticket.claim', { ticket: '5b8a3a44-7d4b-4b1c-9a51-6d4b2f1f0001' });
  await vi.waitFor(() => expect(before.queue.unsent).toHaveLength(1));
  before.queue.retry();
  await vi.waitFor(() => expect(said).toHaveLength(2));
  const after = tab(() => taken);
  after.queue.resume();
  await vi.waitFor(() => expect(after.ears.onrefused).toHaveBeenCalled());
  expect(said.map(({ isFirst }) => isFirst)).toEqual([true, false, false]);
  expect(new Set(said.map(({ id }) => id)).size).toBe(1);
});

test('what another tab took up meanwhile is asked for again before its refusal is believed', async () => {
  const disk = createStorage();
  const first = Promise.withResolvers<Answer>();
  const said: string[] = [];
  const open = (name: string, transport: Transport) => {
    const ears = { onguess: vi.fn(), onsettled: vi.fn(), onrefused: vi.fn() };
    const carry: Transport = (call, isFirst) => {
      said.push(`${name} ${isFirst ? 'first' : 'again'}`);
      return transport(call, isFirst);
    };
    return {
      ears,
      queue: new CommandQueue(
        { transport: carry, shelf: new Shelf('nord:ben', disk), pause: () => Promise.resolve() },
        ears,
      ),
    };
  };
  const done: Answer = { ok: true, seq: 7, result: null };
  // The server refused the first attempt, and did what the other tab sent: whoever asks again hears that.
  const tab = open('tab', (_, isFirst) => (isFirst ? first.promise : Promise.resolve(done)));
  const answer = tab.queue.send('ticket.claim', { ticket: '5b8a3a44-7d4b-4b1c-9a51-6d4b2f1f0001' });
  await vi.waitFor(() => expect(said).toHaveLength(1));
  const other = open('other', () => new Promise(() => undefined));
  other.queue.resume();
  await vi.waitFor(() => expect(said).toHaveLength(2));
  first.resolve(taken);
  expect(await answer).toEqual(done);
  expect(tab.ears.onrefused).not.toHaveBeenCalled();
  expect(said).toEqual(['tab first', 'other again', 'tab again']);
});
