import { describe, expect, test, vi } from 'vitest';
import { CommandQueue } from '#lib/live/commands.svelte.ts';
import { Shelf, Unsent, type Call, type Transport } from '#lib/live/queue.ts';
import type { Card } from '#lib/shared/board.ts';
import type { Answer } from '#lib/shared/errors.ts';
import { createStorage } from '../../support/storage.ts';

const done: Answer = { ok: true, seq: 5, result: null };
const taken: Answer = { ok: false, error: { code: 'ticket.taken', detail: { winner: 'mona' } } };
const one = '5b8a3a44-7d4b-4b1c-9a51-6d4b2f1f0001';
const two = '5b8a3a44-7d4b-4b1c-9a51-6d4b2f1f0002';

function desk(transport: Transport, disk = createStorage()) {
  const ears = { onguess: vi.fn(), onsettled: vi.fn(), onrefused: vi.fn() };
  const shelf = new Shelf('nord:ben', disk);
  const waits: { ms: number; end: () => void }[] = [];
  // Between two tries of one sending nobody waits here; between two sendings the test says when.
  const pause = (ms: number) => {
    if (ms === 0 || queue.unsent.length === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    waits.push({ ms, end: resolve });
    return promise;
  };
  const queue = new CommandQueue({ transport, shelf, pause }, ears);
  return { queue, shelf, ears, disk, waits };
}

/** A server that is away until it is let back in; it remembers ids as ours does. */
function server() {
  const seen: Call[] = [];
  const state = { isAway: true, seen };
  const transport: Transport = async (call) => {
    if (state.isAway) throw new Unsent('offline', true);
    seen.push(call);
    return done;
  };
  return { state, transport };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('while the server is there', () => {
  test('a command is answered, its guess begun and ended', async () => {
    const { queue, ears, shelf } = desk(async () => done);
    const guess = (card: Card) => card;
    expect(await queue.send('ticket.claim', { ticket: one }, { guess })).toEqual(done);
    expect(ears.onguess).toHaveBeenCalledWith(expect.any(String), one, guess);
    expect(ears.onsettled).toHaveBeenCalledWith(expect.objectContaining({ name: 'ticket.claim' }), 5);
    expect(shelf.left()).toEqual([]);
  });

  test('a refusal is told, unless the caller tells it himself', async () => {
    const { queue, ears } = desk(async () => taken);
    expect(await queue.send('ticket.claim', { ticket: one })).toEqual(taken);
    expect(ears.onrefused).toHaveBeenCalledOnce();
    await queue.send('ticket.claim', { ticket: one }, { quiet: true });
    expect(ears.onrefused).toHaveBeenCalledOnce();
    expect(ears.onsettled).toHaveBeenLastCalledWith(expect.anything(), null);
  });

  test('commands on one ticket keep their order, others do not wait for them', async () => {
    const begun: string[] = [];
    const first = Promise.withResolvers<Answer>();
    const { queue } = desk((call) => {
      begun.push(call.name);
      return begun.length === 1 ? first.promise : Promise.resolve(done);
    });
    const claim = queue.send('ticket.claim', { ticket: one });
    const release = queue.send('ticket.release', { ticket: one });
    await queue.send('ticket.reopen', { ticket: two });
    expect(begun).toEqual(['ticket.claim', 'ticket.reopen']);
    first.resolve(done);
    await Promise.all([claim, release]);
    expect(begun).toEqual(['ticket.claim', 'ticket.reopen', 'ticket.release']);
  });

  test('a server that fails again and again is a refusal in the end, always asked with one id', async () => {
    const ids: string[] = [];
    const { queue, ears } = desk(async ({ id }) => {
      ids.push(id);
      throw new Unsent('status 500', false);
    });
    expect(await queue.send('ticket.claim', { ticket: one })).toMatchObject({
      ok: false,
      error: { code: 'unexpected' },
    });
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
    expect(ears.onrefused).toHaveBeenCalledOnce();
  });
});

describe('while the server is away', () => {
  test('a command is kept in view and sent once it is back', async () => {
    const { state, transport } = server();
    const { queue, ears } = desk(transport);
    const answer = queue.send('ticket.claim', { ticket: one });
    await settled();
    expect(queue.unsent).toMatchObject([{ name: 'ticket.claim' }]);
    expect(ears.onsettled).not.toHaveBeenCalled();
    state.isAway = false;
    queue.retry();
    expect(await answer).toEqual(done);
    expect(queue.unsent).toEqual([]);
    expect(state.seen).toHaveLength(1);
  });

  test('it is sent again by itself, more and more seldom, also where the connection never noticed', async () => {
    const { state, transport } = server();
    const { queue, waits } = desk(transport);
    const answer = queue.send('ticket.claim', { ticket: one });
    const other = queue.send('ticket.claim', { ticket: two });
    await settled();
    // One wait for all that are kept.
    expect(waits).toHaveLength(1);
    waits[0]?.end();
    await settled();
    expect(waits).toHaveLength(2);
    expect(waits[0]?.ms).toBeLessThan(waits[1]?.ms ?? 0);
    expect(queue.unsent).toHaveLength(2);
    state.isAway = false;
    waits[1]?.end();
    expect(await Promise.all([answer, other])).toEqual([done, done]);
    expect(queue.unsent).toEqual([]);
  });

  test('what follows on the same ticket waits behind it', async () => {
    const { state, transport } = server();
    const { queue } = desk(transport);
    void queue.send('ticket.claim', { ticket: one });
    const last = queue.send('ticket.release', { ticket: one });
    await settled();
    state.isAway = false;
    queue.retry();
    await last;
    expect(state.seen.map(({ name }) => name)).toEqual(['ticket.claim', 'ticket.release']);
  });

  test('it outlives the tab, with the id it had', async () => {
    const { state, transport } = server();
    const before = desk(transport);
    void before.queue.send('ticket.claim', { ticket: one });
    await settled();
    const [kept] = before.queue.unsent;
    const after = desk(transport, before.disk);
    state.isAway = false;
    after.queue.resume();
    await vi.waitFor(() => expect(after.ears.onsettled).toHaveBeenCalled());
    expect(state.seen.map(({ id }) => id)).toEqual([kept?.id]);
    expect(after.shelf.left()).toEqual([]);
  });

  test("another person's unsent actions are not mine", () => {
    const disk = createStorage();
    new Shelf('nord:ada', disk).put({ id: one, name: 'ticket.claim', input: {}, at: new Date().toISOString() });
    expect(new Shelf('nord:ben', disk).left()).toEqual([]);
  });

  test('what is older than the server remembers is not sent: it might be done twice', () => {
    const shelf = new Shelf('nord:ben', createStorage());
    shelf.put({ id: one, name: 'ticket.claim', input: {}, at: new Date(Date.now() - 8 * 86_400_000).toISOString() });
    shelf.put({ id: two, name: 'ticket.claim', input: {}, at: new Date().toISOString() });
    expect(shelf.left().map(({ id }) => id)).toEqual([two]);
  });

  test('a full disk loses nothing while the tab is open', async () => {
    const full = {
      ...createStorage(),
      setItem: () => {
        throw new Error('QuotaExceededError');
      },
    };
    const { state, transport } = server();
    const { queue } = desk(transport, full);
    const answer = queue.send('ticket.claim', { ticket: one });
    await settled();
    expect(queue.unsent).toHaveLength(1);
    state.isAway = false;
    queue.retry();
    expect(await answer).toEqual(done);
  });
});

describe('while the server has trouble', () => {
  const trouble = (code: string): Answer => ({ ok: false, error: { code, detail: { retryAfterSeconds: 1 } } });

  test.each(['database.away', 'database.readOnly', 'disk.full', 'busy', 'too.many'])(
    'a command that meets %s is kept, told in view, and done once it passes',
    async (code) => {
      const asked: string[] = [];
      const waits: PromiseWithResolvers<void>[] = [];
      const ears = { onguess: vi.fn(), onsettled: vi.fn(), onrefused: vi.fn() };
      let passes = false;
      const transport: Transport = async ({ id }) => {
        asked.push(id);
        return passes ? done : trouble(code);
      };
      const pause = (ms: number) => {
        // Between two tries of one sending nobody waits here; between two sendings the test says when.
        if (ms === 0 || !asked.length || (code === 'too.many' && asked.length < 4)) return Promise.resolve();
        const wait = Promise.withResolvers<void>();
        waits.push(wait);
        return wait.promise;
      };
      const queue = new CommandQueue({ transport, shelf: new Shelf('nord:ben', createStorage()), pause }, ears);
      const answer = queue.send('ticket.claim', { ticket: one });
      await vi.waitFor(() => expect(queue.unsent).toHaveLength(1));
      expect(queue.trouble).toBe(code);
      expect(ears.onrefused).not.toHaveBeenCalled();
      passes = true;
      for (const wait of waits) wait.resolve();
      expect(await answer).toEqual(done);
      expect(queue.unsent).toEqual([]);
      expect(queue.trouble).toBeNull();
      expect(new Set(asked).size).toBe(1);
    },
  );

  test('a limit of many minutes is a refusal', async () => {
    const limit: Answer = { ok: false, error: { code: 'too.many', detail: { retryAfterSeconds: 3_000 } } };
    const { queue, ears } = desk(async () => limit);
    expect(await queue.send('ticket.claim', { ticket: one })).toEqual(limit);
    expect(ears.onrefused).toHaveBeenCalledOnce();
  });

  test('what lay here for longer than the server remembers is refused in view, not dropped', () => {
    const { queue, shelf, ears } = desk(async () => done);
    shelf.put({ id: one, name: 'ticket.claim', input: {}, at: new Date(Date.now() - 8 * 86_400_000).toISOString() });
    queue.resume();
    expect(ears.onrefused).toHaveBeenCalledWith(expect.objectContaining({ id: one }), {
      code: 'command.tooOld',
      detail: {},
    });
    expect(shelf.takeOld()).toEqual([]);
  });
});
