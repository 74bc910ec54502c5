import { io, type Socket } from 'socket.io-client';
import type { StaffCalls, StaffEvents } from '#lib/shared/wire.ts';
import { waitMs } from './again.ts';
import { askSession } from './http.ts';

export type StaffSocket = Socket<StaffEvents, StaffCalls>;

type Ears = {
  /** It is lost, or could not be opened, with the code that a server refused it with. We try again until it is over. */
  onlost: (code: string | null) => void;
  /** Closed for good: signed out, deactivated, no member. */
  onend: () => void;
  /** Signed in again after that, in another tab. */
  onreturn: () => void;
  /** The page is looked at again, over a line that is open as far as anybody knows. */
  onwake: () => void;
  /** The time to ask again has come, over a line that is open. */
  onagain: () => void;
};

const openMs = 20_000;

/** The way to the server: opened, lost, refused, and opened again, which is never all clients' at once. */
export class Line {
  readonly socket: StaffSocket;
  #ears: Ears;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Attempts in vain since all was well. */
  #failures = 0;
  #isOver = false;

  constructor(workspace: string, ears: Ears) {
    this.#ears = ears;
    this.socket = io({
      auth: { workspace },
      autoConnect: false,
      // Its own first attempts all fall into the same half second.
      reconnection: false,
      transports: ['websocket', 'polling'],
    });
  }

  get isOpen(): boolean {
    return this.socket.connected;
  }

  /** Begins; returns how to end. */
  start(): () => void {
    const { socket } = this;
    socket.on('ready', () => clearTimeout(this.#timer));
    socket.on('ended', () => this.#end());
    // Whatever the reason, also where rights changed or the server restarts: we come back and are checked again.
    socket.on('disconnect', () => this.#lost());
    socket.on('connect_error', ({ message }) => this.#refused(message));
    const woke = () => document.visibilityState === 'visible' && this.#wake();
    const off = () => this.#isOver || this.#ears.onlost(null);
    const on = () => this.#startOver();
    document.addEventListener('visibilitychange', woke);
    window.addEventListener('focus', woke);
    window.addEventListener('offline', off);
    window.addEventListener('online', on);
    this.#open();
    return () => {
      clearTimeout(this.#timer);
      document.removeEventListener('visibilitychange', woke);
      window.removeEventListener('focus', woke);
      window.removeEventListener('offline', off);
      window.removeEventListener('online', on);
      socket.removeAllListeners();
      socket.disconnect();
    };
  }

  /** All is well: the next failure is the first again. */
  settle(): void {
    this.#failures = 0;
  }

  againSoon(): void {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#again(), waitMs(this.#failures));
  }

  #again(): void {
    this.#failures++;
    if (this.isOpen) this.#ears.onagain();
    else this.#open();
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.socket.connect();
    // Somebody took the line, and never said a word.
    this.#timer = setTimeout(() => {
      this.socket.disconnect();
      this.againSoon();
    }, openMs);
  }

  #lost(): void {
    if (this.#isOver) return;
    this.#ears.onlost(null);
    this.againSoon();
  }

  #refused(code: string): void {
    if (this.#isOver) return;
    if (code === 'workspace.notFound') return this.#end();
    this.#ears.onlost(code);
    // Over a new line the next time: this one would be asked with the cookies of its beginning.
    this.socket.disconnect();
    if (code === 'signIn.needed') void this.#renewSession();
    else this.againSoon();
  }

  /** The access token ran out while the socket was away. */
  async #renewSession(): Promise<void> {
    if ((await askSession()) === 'ended') return this.#end();
    this.againSoon();
  }

  /** Signed in again meanwhile, in another tab: this one goes on where it was. */
  async #comeBack(): Promise<void> {
    if ((await askSession()) !== 'alive' || !this.#isOver) return;
    this.#isOver = false;
    this.#ears.onreturn();
    this.#startOver();
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.socket.disconnect();
    this.#ears.onend();
  }

  #startOver(): void {
    this.#failures = 0;
    this.againSoon();
  }

  #wake(): void {
    if (this.#isOver) void this.#comeBack();
    else if (this.isOpen) this.#ears.onwake();
    else this.#startOver();
  }
}
