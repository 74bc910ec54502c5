import type { ImapFlow } from 'imapflow';

/** All that we say to a server, but for IDLE, which lasts as long as nothing happens. */
const commands = new Set<string | symbol>([
  'connect',
  'list',
  'mailboxOpen',
  'mailboxCreate',
  'search',
  'fetch',
  'fetchOne',
  'messageFlagsAdd',
  'messageCopy',
  'messageMove',
  'messageDelete',
  'append',
  'logout',
]);

/**
 * The same client, whose connection is closed when a command takes longer than that: imapflow itself only looks whether anything
 * is heard, and a server may talk for ever without an end. All mails of a FETCH have the time together: we ask for little at once.
 */
export function timed(client: ImapFlow, mostMs: number): ImapFlow {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, target, given);
        if (!commands.has(name)) return result;
        if (result instanceof Promise) return inTime(target, mostMs, result);
        return isIterable(result) ? eachInTime(target, mostMs, result) : result;
      };
    },
  });
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function inTime<T>(client: ImapFlow, mostMs: number, work: Promise<T>): Promise<T> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    client.close();
  }, mostMs);
  try {
    return await work;
  } catch (error) {
    if (!isLate) throw error;
    throw Object.assign(new Error('The server took too long', { cause: error }), { code: 'ETIMEDOUT' });
  } finally {
    clearTimeout(timer);
  }
}

async function* eachInTime(client: ImapFlow, mostMs: number, all: AsyncIterable<unknown>) {
  const iterator = all[Symbol.asyncIterator]();
  const end = performance.now() + mostMs;
  try {
    for (;;) {
      const { done, value } = await inTime(client, end - performance.now(), iterator.next());
      if (done) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
