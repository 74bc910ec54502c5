import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { z } from 'zod';
import { cursorBytes, cursorMs, mostCursors, stampedBytes } from './limits.ts';

export type Author = { memberId: string; name: string };

type Cursor = {
  clock: number;
  state: object | null;
  memberId: string;
  /** When another process said so last; null for a cursor of this one. */
  heardAt: number | null;
};

/** What another process stamped. */
const stamped = z.object({
  user: z.object({ id: z.string().max(60), name: z.string().max(200), color: z.string().max(20) }),
  cursor: z.unknown(),
});

/** Ids of Yjs clients that one socket may speak for: its own, and after a conflict the next. */
const mostIds = 5;

// Told apart on light and dark; the member's id chooses, so that a person keeps the colour everywhere.
const colours = ['#c2410c', '#a16207', '#4d7c0f', '#0f766e', '#0369a1', '#4338ca', '#7e22ce', '#be185d'];

/**
 * Who has the cursor where (Yjs awareness). The server stamps each with its author's name and colour and lets nobody speak
 * for somebody else, whatever his browser claims.
 */
export class Cursors<Socket> {
  readonly #cursors = new Map<number, Cursor>();
  readonly #spokenBy = new Map<Socket, Map<number, number>>();

  /**
   * Takes what a socket says and returns it as the others may hear it, or null when nothing is left.
   */
  say(socket: Socket, author: Author, entries: Entry[]): Uint8Array | null {
    const said: number[] = [];
    for (const { id, clock, state, length } of entries) {
      const shift = this.#shift(socket, { id, clock, memberId: author.memberId, isGone: state === null });
      if (shift === null || length > cursorBytes) continue;
      const known = this.#cursors.get(id);
      if (known && known.clock > clock + shift) continue;
      this.#cursors.set(id, {
        clock: clock + shift,
        state: stamp(state, author),
        memberId: author.memberId,
        heardAt: null,
      });
      said.push(id);
    }
    return said.length > 0 ? this.#encode(said) : null;
  }

  /**
   * Takes what another process says of its own sockets and returns what is news here. A client that came over from there is
   * this process's own: the last word of its old socket comes too late.
   * @throws Error for what cannot be read
   */
  hear(bytes: Uint8Array): Uint8Array | null {
    const news: number[] = [];
    for (const { id, clock, length, state: said } of entriesIn(bytes)) {
      if (length > stampedBytes) continue;
      const known = this.#cursors.get(id);
      const isHere = known?.state && known.heardAt === null;
      if (known && (known.clock > clock || (isHere && known.clock === clock))) continue;
      const state = stamped.nullable().parse(said);
      const memberId = state?.user.id ?? known?.memberId;
      if (memberId === undefined) continue;
      this.#cursors.set(id, { clock, state, memberId, heardAt: performance.now() });
      news.push(id);
    }
    return news.length > 0 ? this.#encode(news) : null;
  }

  /** All cursors, for whoever comes. */
  all(): Uint8Array {
    return this.#encode(this.#shown());
  }

  /** Those of this process, for another one. */
  here(): Uint8Array {
    return this.#encode(this.#shown().filter((id) => this.#cursors.get(id)?.heardAt === null));
  }

  #shown(): number[] {
    const since = performance.now() - cursorMs;
    return [...this.#cursors].flatMap(([id, { state, heardAt }]) => (state && (heardAt ?? since) >= since ? [id] : []));
  }

  /** A socket is gone, and its cursors with it. */
  leave(socket: Socket): Uint8Array | null {
    const ids = [...(this.#spokenBy.get(socket)?.keys() ?? [])].filter((id) => this.#cursors.get(id)?.state);
    this.#spokenBy.delete(socket);
    for (const id of ids) {
      const cursor = this.#cursors.get(id);
      if (cursor) this.#cursors.set(id, { ...cursor, state: null });
    }
    return ids.length > 0 ? this.#encode(ids) : null;
  }

  /**
   * What to add to this socket's clock, so that it goes on where the last socket of the same client ended; null when it may not
   * speak for this id. Browsers repeat what they hear of others, which is no claim of theirs.
   */
  #shift(
    socket: Socket,
    { id, clock, memberId, isGone }: { id: number; clock: number; memberId: string; isGone: boolean },
  ) {
    const known = this.#cursors.get(id);
    if (known && known.memberId !== memberId) return null;
    const mine = this.#spokenBy.get(socket) ?? new Map<number, number>();
    const shift = mine.get(id);
    if (shift !== undefined) return shift;
    if (isGone || mine.size >= mostIds) return null;
    const added = known ? Math.max(0, known.clock + 1 - clock) : 0;
    this.#spokenBy.set(socket, mine.set(id, added));
    return added;
  }

  #encode(ids: number[]): Uint8Array {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, ids.length);
    for (const id of ids) {
      const cursor = this.#cursors.get(id);
      encoding.writeVarUint(encoder, id);
      encoding.writeVarUint(encoder, cursor?.clock ?? 0);
      encoding.writeVarString(encoder, JSON.stringify(cursor?.state ?? null));
    }
    return encoding.toUint8Array(encoder);
  }
}

/** Of an awareness update: what a Yjs client says of itself, and how long that was in JSON. */
export type Entry = { id: number; clock: number; state: unknown; length: number };

/** @throws Error for what cannot be read */
export function entriesIn(bytes: Uint8Array): Entry[] {
  const decoder = decoding.createDecoder(bytes);
  return Array.from({ length: Math.min(decoding.readVarUint(decoder), mostCursors) }, () => {
    const [id, clock] = [decoding.readVarUint(decoder), decoding.readVarUint(decoder)];
    const text = decoding.readVarString(decoder);
    return { id, clock, state: JSON.parse(text) as unknown, length: text.length };
  });
}

/** Of what a browser says only the place counts. */
function stamp(said: unknown, { memberId, name }: Author): object | null {
  if (typeof said !== 'object' || said === null) return null;
  const cursor = 'cursor' in said ? said.cursor : null;
  const sum = [...memberId].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return { user: { id: memberId, name, color: colours[sum % colours.length] }, cursor };
}
