import { io, type Socket } from 'socket.io-client';
import { Comeback } from '#lib/live/comeback.ts';
import { readAnew } from '#lib/live/read-anew.ts';
import { setClock } from '#lib/ui/clock.ts';
import { isTrouble } from '#lib/ui/trouble.ts';
import { typingMs, type CustomerCalls, type CustomerEvents } from '#lib/shared/wire.ts';

/** Events in one breath are one reading. */
const gatherMs = 60;
/** What comes back to life is asked for an answer: its line may have died unnoticed. */
const wakeMs = 3_000;

/** The live line of a customer's page: it only says that something happened; the page then reads under his own rights. */
export class CustomerLine {
  isTyping = $state(false);
  isOffline = $state(false);
  /** The build that the server runs. */
  build = $state<string | null>(null);
  /** What the server says of itself: a code of faults.ts. */
  trouble = $state<string | null>(null);
  #token: string;
  #socket: Socket<CustomerEvents, CustomerCalls> | undefined;
  #comeback: Comeback | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #toldAt = 0;
  /** The last event that was told of. */
  #seq = 0;
  #isWaking = false;

  constructor(token: string) {
    this.#token = token;
  }

  /** Begins; returns how to end. Only in a browser. */
  start(): () => void {
    const socket: Socket<CustomerEvents, CustomerCalls> = io('/t', {
      auth: { token: this.#token },
      autoConnect: false,
      reconnection: false,
      transports: ['websocket'],
    });
    this.#socket = socket;
    const comeback = new Comeback(socket, {
      onoffline: () => (this.isOffline = true),
      onwake: () => void this.#wake(),
      onagain: () => void this.#wake(),
    });
    this.#comeback = comeback;
    socket.on('ready', ({ seq, now, build }) => {
      this.#seq = seq;
      comeback.heard();
      this.#settle();
      this.build = build;
      setClock(now);
      this.trouble = null;
      // Whatever happened since the page was rendered, or while the line was down.
      this.#refresh();
    });
    socket.on('event', ({ seq }) => {
      this.#seq = seq;
      this.#hush();
      this.#refresh();
    });
    socket.on('ended', () => {
      comeback.end();
      this.#refresh();
    });
    socket.on('typing', ({ isTyping }) => this.#hear(isTyping));
    socket.on('trouble', ({ code }) => {
      this.trouble = code;
      if (!code) this.#refresh();
    });
    socket.on('connect_error', ({ message }) => {
      this.isOffline = true;
      this.trouble = isTrouble(message) ? message : null;
      // The link is wrong or was withdrawn: reading says so, and coming back is of no use.
      if (message === 'link.invalid') {
        comeback.end();
        return this.#refresh();
      }
      // Over a new connection the next time.
      socket.disconnect();
      comeback.soon();
    });
    socket.on('disconnect', () => {
      this.isOffline = true;
      this.#hush();
      comeback.soon();
    });
    const stop = comeback.start();
    return () => {
      clearTimeout(this.#typing);
      clearTimeout(this.#gathering);
      socket.removeAllListeners();
      stop();
    };
  }

  /** Tells the team that the customer writes, now and then while he does. */
  type(isTyping: boolean): void {
    const now = Date.now();
    if (isTyping && now - this.#toldAt < typingMs / 2) return;
    if (!isTyping && this.#toldAt === 0) return;
    this.#toldAt = isTyping ? now : 0;
    if (this.#socket?.connected) this.#socket.volatile.emit('typing', { isTyping });
  }

  #hear(isTyping: boolean): void {
    this.#hush();
    if (!isTyping) return;
    this.isTyping = true;
    this.#typing = setTimeout(() => this.#hush(), typingMs);
  }

  #hush(): void {
    clearTimeout(this.#typing);
    this.isTyping = false;
  }

  /**
   * The page may have slept, and reading shows what is, whatever was told. But not over a network that is not back yet: in place of
   * the page would stand that it could not be read.
   */
  async #wake(): Promise<void> {
    if (this.#isWaking || !this.#socket) return;
    this.#isWaking = true;
    try {
      await this.#socket.timeout(wakeMs).emitWithAck('catchup', { cursor: this.#seq });
      this.#settle();
      this.#refresh();
    } catch {
      // Nobody answers: a new line is quicker than waiting until that is noticed, and the page is read once it is there.
      this.#socket.disconnect();
    } finally {
      this.#isWaking = false;
    }
  }

  #settle(): void {
    this.#comeback?.settle();
    this.isOffline = false;
  }

  #refresh(): void {
    clearTimeout(this.#gathering);
    this.#gathering = setTimeout(() => void readAnew('page:ticket'), gatherMs);
  }
}
