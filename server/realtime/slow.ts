import type { Socket } from 'socket.io';

type Line = Pick<Socket, 'conn'>;
type Reader = { relieve(): void };

/**
 * Frames that may wait for one socket, beside what its kernel's buffer holds. Twice what one reading of the feed sends in one
 * breath, so that only who really does not read gets there; of what he would have to read, catching up is the shorter form. The
 * frames are shared with all others: what waits costs some 200 bytes each.
 */
export const mostWaiting = 1_000;

const passedOver = new WeakSet<Line['conn']>();
const readers = new WeakMap<Line['conn'], Reader>();

export function isTooSlow({ conn }: Line): boolean {
  // Private to engine.io, which has no other word for it.
  const { writeBuffer } = conn as unknown as { writeBuffer: readonly unknown[] };
  return passedOver.has(conn) || writeBuffer.length >= mostWaiting;
}

/** What this socket is not sent it learns of once its line is free again: then `relieve` is called, which lets it catch up. */
export function passOver({ conn }: Line): void {
  if (passedOver.has(conn)) return;
  passedOver.add(conn);
  conn.once('drain', () => {
    passedOver.delete(conn);
    readers.get(conn)?.relieve();
  });
}

export function onRelief({ conn }: Line, reader: Reader): void {
  readers.set(conn, reader);
}

/** For who goes: his line may become free while it is being closed, and nobody is there to be told anything. */
export function forgetReader({ conn }: Line): void {
  readers.delete(conn);
}
