import type { Socket } from 'socket.io';
import { writeStraight } from './line.ts';
import type { CustomerSpace, StaffSpace } from './server.ts';
import { isTooSlow, passOver } from './slow.ts';

type Space = StaffSpace | CustomerSpace;

/** Socket.io's rooms; each socket has one of its own, named after its id. */
export type Telling = { rooms: readonly string[]; except?: readonly string[] };

/**
 * Says the same to everybody in some rooms, of this process alone, since every process reads the feed itself. Encoded once for
 * all of them, down to the bytes of the WebSocket frame, which is one write for each. Who cannot keep up is passed over.
 */
export function broadcast(
  space: Space,
  { rooms, except = [] }: Telling,
  message: [name: string, ...values: object[]],
): void {
  const listeners = listenersIn(space, rooms, except);
  if (listeners.size === 0) return;
  // Socket.io's packet of an event: https://github.com/socketio/socket.io-protocol#exchange-protocol
  const packet = `2${space.name === '/' ? '' : `${space.name},`}${JSON.stringify(message)}`;
  const frame = textFrame(`4${packet}`);
  // Engine.io takes the frame as it is, but its types do not tell.
  const options: object = { compress: false, wsPreEncodedFrame: [frame] };
  for (const id of listeners) {
    const socket: Pick<Socket, 'conn'> | undefined = space.sockets.get(id);
    if (!socket) continue;
    if (isTooSlow(socket)) passOver(socket);
    else if (!writeStraight(socket, frame)) socket.conn.write(packet, options);
  }
}

function listenersIn({ adapter }: Space, rooms: readonly string[], except: readonly string[]): ReadonlySet<string> {
  const sets = rooms.flatMap((room) => adapter.rooms.get(room) ?? []);
  const [only] = sets;
  if (sets.length === 1 && only && except.length === 0) return only;
  const all = new Set<string>();
  for (const set of sets) for (const id of set) all.add(id);
  for (const room of except) adapter.rooms.get(room)?.forEach((id) => all.delete(id));
  return all;
}

/** An unmasked WebSocket frame with a text (RFC 6455, section 5.2), in one piece: one write is half as dear as two. */
function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame.writeUInt8(0x81, 0);
  frame.writeUInt8(head === 2 ? length : head === 4 ? 126 : 127, 1);
  if (head === 4) frame.writeUInt16BE(length, 2);
  if (head === 10) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.write(text, head);
  return frame;
}
