import { io, type Socket } from 'socket.io-client';
import type { StaffCalls, StaffEvents } from '#lib/shared/wire.ts';
import { Comeback } from './comeback.ts';
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

/** The team's way to the server: opened, lost, refused, ended, and opened again. */
export class Line {
  readonly socket: StaffSocket;
  #ears: Ears;
  #comeback: Comeback;

  constructor(workspace: string, ears: Ears) {
    this.#ears = ears;
    this.socket = io({
      auth: { workspace },
      autoConnect: false,
      reconnection: false,
      transports: ['websocket'],
    });
    this.#comeback = new Comeback(this.socket, {
      onoffline: () => ears.onlost(null),
      onwake: () => ears.onwake(),
      onlook: () => void this.#comeBack(),
      onagain: () => ears.onagain(),
    });
  }

  get isOpen(): boolean {
    return this.socket.connected;
  }

  /** Begins; returns how to end. */
  start(): () => void {
    const { socket } = this;
    socket.on('ready', () => this.#comeback.heard());
    socket.on('ended', () => this.#end());
    // Whatever the reason, also where rights changed or the server restarts: we come back and are checked again.
    socket.on('disconnect', () => this.#lost());
    socket.on('connect_error', ({ message }) => this.#refused(message));
    const stop = this.#comeback.start();
    return () => {
      socket.removeAllListeners();
      stop();
    };
  }

  /** All is well: the next failure is the first again. */
  settle(): void {
    this.#comeback.settle();
  }

  againSoon(): void {
    this.#comeback.soon();
  }

  #lost(): void {
    if (this.#comeback.isOver) return;
    this.#ears.onlost(null);
    this.#comeback.soon();
  }

  #refused(code: string): void {
    if (this.#comeback.isOver) return;
    if (code === 'workspace.notFound') return this.#end();
    this.#ears.onlost(code);
    // Over a new line the next time: this one would be asked with the cookies of its beginning.
    this.socket.disconnect();
    if (code === 'signIn.needed') void this.#renewSession();
    else this.#comeback.soon();
  }

  /** The access token ran out while the socket was away. */
  async #renewSession(): Promise<void> {
    if ((await askSession()) === 'ended') return this.#end();
    this.#comeback.soon();
  }

  /** Signed in again meanwhile, in another tab: this one goes on where it was. */
  async #comeBack(): Promise<void> {
    if ((await askSession()) !== 'alive' || !this.#comeback.isOver) return;
    this.#ears.onreturn();
    this.#comeback.startAgain();
  }

  #end(): void {
    this.#comeback.end();
    this.#ears.onend();
  }
}
