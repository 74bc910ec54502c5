import type { WebSocket } from 'ws';
import { unsentBytes } from './limits.ts';
import { Pace } from './pace.ts';

export type Guest = { socket: WebSocket; memberId: string; name: string; mayWork: boolean };

/** One who has a note open. */
export class Editor {
  readonly socket: WebSocket;
  readonly memberId: string;
  readonly name: string;
  mayWork: boolean;
  readonly pace = new Pace();
  /** Changes that may have taken his rights, up to the one after which they were read: while there are any he is sent nothing. */
  unchecked = 0;
  /** Nobody asked his browser yet what it has. */
  isNew = true;
  /** Something was not sent to him meanwhile. */
  hasMissed = false;

  constructor({ socket, memberId, name, mayWork }: Guest) {
    this.socket = socket;
    this.memberId = memberId;
    this.name = name;
    this.mayWork = mayWork;
  }

  send(message: Uint8Array): void {
    if (this.isHeld()) this.hasMissed = true;
    // He does not read, nor would he read a goodbye: the memory is wanted back. His browser comes again, with what he typed.
    else if (this.socket.bufferedAmount > unsentBytes) this.socket.terminate();
    else this.socket.send(message);
  }

  isHeld(): boolean {
    return this.unchecked > 0;
  }
}
