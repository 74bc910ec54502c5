import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { z } from 'zod';
import { log, reportUnexpected } from '#server/log.ts';

/** What one process tells the others and nobody keeps: who is there, who types, where the cursors are. */
export type Bus = {
  /** False while nothing gets through: what the others say is not known then. */
  readonly isUp: boolean;
  /** Lost while the bus is down. */
  tell(channel: string, words: object): void;
  /** Hears the other processes, not this one. `words` are unchecked. */
  hear(channel: string, listener: Listener): () => void;
  /** `up` comes at the first connection and after each loss, when words may have been missed; `down` when nothing gets through. */
  follow(follower: Follower): void;
  stop(): Promise<void>;
};

export type Listener = (words: unknown, from: string) => void;
export type Follower = { up(): void; down(): void };

const echoMs = 1_000;
/** Longer than a Redis that is restarted by its supervisor takes: a blip turns nothing off. */
const silenceMs = 5_000;
const retryMs = { first: 100, last: 3_000 };

const envelope = z.object({ from: z.string().max(60), words: z.unknown() });

/**
 * Redis as a bus (publish and subscribe only; no key is ever written). It is alive as long as this process hears its own echo
 * through it: that notices a server that hangs as well as one that is gone.
 */
export function openBus(url: string): Bus {
  const id = randomUUID();
  const echo = `lotse:echo:${id}`;
  const listeners = new Map<string, Listener>();
  const followers: Follower[] = [];
  let isUp = false;
  let heardAt = performance.now();
  let tickedAt = performance.now();

  const client = createClient({
    url,
    name: 'lotse',
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    socket: {
      connectTimeout: 5_000,
      // An echo comes each second: this long a silence is a dead line.
      socketTimeout: 10_000,
      reconnectStrategy: (retries) => Math.min(retryMs.first * 2 ** Math.min(retries, 10), retryMs.last),
    },
  });
  // Told once by down() below; reconnecting is the client's own business.
  client.on('error', (error: unknown) => log.debug({ part: 'bus', err: error }, 'Redis'));
  client.on('ready', () => {
    for (const channel of [echo, ...listeners.keys()]) subscribe(channel);
    // The echo of this one says that the subscriptions before it stand.
    publish(echo, { up: true });
  });
  // Fails for good only when it is stopped, or for an address that config.ts let through and the client does not.
  client.connect().catch((error: unknown) => log.warn({ part: 'bus', err: error }, 'no connection to Redis'));

  const receive = (text: string, channel: string) => {
    const parsed = envelope.safeParse(parseJson(text));
    if (!parsed.success) return;
    const { from, words } = parsed.data;
    if (channel === echo) return echoed(z.object({ up: z.literal(true) }).safeParse(words).success);
    if (from !== id) listeners.get(channel)?.(words, from);
  };

  function echoed(isNew: boolean): void {
    heardAt = performance.now();
    if (isUp && !isNew) return;
    if (!isUp) log.info({ part: 'bus' }, 'presence is shared through Redis');
    isUp = true;
    for (const follower of followers) follower.up();
  }

  const timer = setInterval(() => {
    const now = performance.now();
    // This process itself slept: nothing can be said about Redis yet.
    if (now - tickedAt > silenceMs) heardAt = now;
    tickedAt = now;
    if (client.isReady) publish(echo, {});
    if (!isUp || now - heardAt < silenceMs) return;
    isUp = false;
    log.warn({ part: 'bus' }, 'Redis is away, presence is off');
    for (const follower of followers) follower.down();
  }, echoMs).unref();

  function publish(channel: string, words: object): void {
    client.publish(channel, JSON.stringify({ from: id, words })).catch(lost);
  }

  function subscribe(channel: string): void {
    client.subscribe(channel, receive).catch(lost);
  }

  return {
    get isUp() {
      return isUp;
    },
    tell(channel, words) {
      if (isUp && client.isReady) publish(channel, words);
    },
    hear(channel, listener) {
      listeners.set(channel, (words, from) => {
        try {
          listener(words, from);
        } catch (error) {
          reportUnexpected(error, { part: 'bus' });
        }
      });
      if (client.isReady) subscribe(channel);
      return () => {
        listeners.delete(channel);
        if (client.isReady) client.unsubscribe(channel, receive).catch(lost);
      };
    },
    follow: (follower) => void followers.push(follower),
    async stop() {
      clearInterval(timer);
      // Nothing that is under way is worth waiting for.
      client.destroy();
    },
  };
}

/** Volatile words, or a connection that just went: the next echo, and the beat of who is there, make it good. */
function lost(error: unknown): void {
  log.debug({ part: 'bus', err: error }, 'words were lost');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else's words on our channel.
    return null;
  }
}
