import type { Socket } from 'socket.io';
import { WebSocket } from 'ws';

/** What Engine.io and ws keep to themselves: none of it is sure to be there in their next version. */
type Line = {
  readyState: string;
  writeBuffer: readonly unknown[];
  transport?: {
    writable?: boolean;
    socket?: {
      readyState?: number;
      _socket?: { writable: boolean; writableLength: number; write(bytes: Buffer): boolean };
    };
  };
};

/**
 * Gives a frame to the line itself where nothing stands before it, neither in Engine.io nor in Node. Engine.io would put it into a
 * queue, take it out again and tell of that by events: a quarter of the processor that a delivery takes.
 * @returns false where it has to go by Engine.io, and nothing was sent
 */
export function writeStraight({ conn }: Pick<Socket, 'conn'>, frame: Buffer): boolean {
  const { readyState, writeBuffer, transport } = conn as unknown as Line;
  if (readyState !== 'open' || writeBuffer.length > 0 || !transport?.writable) return false;
  if (transport.socket?.readyState !== WebSocket.OPEN) return false;
  const stream = transport.socket._socket;
  if (!stream?.writable || stream.writableLength > 0) return false;
  stream.write(frame);
  return true;
}
