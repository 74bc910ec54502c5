/** Cuts a stream of unmasked WebSocket frames (RFC 6455, section 5.2) into whole ones. */
export class FrameCutter {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Buffer[] {
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const whole: Buffer[] = [];
    for (let length = lengthOf(this.#rest); length !== null; length = lengthOf(this.#rest)) {
      whole.push(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
    }
    return whole;
  }
}

/** The length of the first frame with its head, or null while it has not all come. */
function lengthOf(bytes: Buffer): number | null {
  const head = headOf(bytes);
  return head && bytes.length >= head.head + head.body ? head.head + head.body : null;
}

function headOf(bytes: Buffer): { head: number; body: number } | null {
  if (bytes.length < 2) return null;
  const short = bytes.readUInt8(1) & 0x7f;
  if (short < 126) return { head: 2, body: short };
  if (short === 126) return bytes.length < 4 ? null : { head: 4, body: bytes.readUInt16BE(2) };
  return bytes.length < 10 ? null : { head: 10, body: Number(bytes.readBigUInt64BE(2)) };
}

/** Socket.io's text frame of an event of the feed: what may be lost, doubled and mixed up without breaking the protocol. */
export function isEvent(frame: Buffer): boolean {
  const { head } = headOf(frame) ?? { head: 0 };
  return frame.toString('latin1', head, head + 10) === '42["event"';
}
