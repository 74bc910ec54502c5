import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as authProtocol from 'y-protocols/auth';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';
import { entriesIn, type Entry } from './cursors.ts';

// The messages of y-websocket: a kind, then for sync a step and bytes, for awareness bytes.
const kinds = { sync: 0, awareness: 1, auth: 2, queryAwareness: 3 } as const;

export type Message =
  | { kind: 'state'; vector: Uint8Array }
  | { kind: 'update'; update: Uint8Array; isAnswer: boolean }
  | { kind: 'cursors'; entries: Entry[] }
  | { kind: 'askCursors' };

/**
 * Everything that comes from outside is read here to its end, so that whatever fails afterwards is a fault of ours.
 * @throws Error for what is no message of this protocol
 */
export function readMessage(bytes: Uint8Array): Message {
  const decoder = decoding.createDecoder(bytes);
  switch (decoding.readVarUint(decoder)) {
    case kinds.sync:
      return readSync(decoder);
    case kinds.awareness:
      return { kind: 'cursors', entries: entriesIn(decoding.readVarUint8Array(decoder)) };
    case kinds.queryAwareness:
      return { kind: 'askCursors' };
    default:
      throw new Error('Unknown kind of message');
  }
}

function readSync(decoder: decoding.Decoder): Message {
  const step = decoding.readVarUint(decoder);
  const bytes = decoding.readVarUint8Array(decoder);
  if (step === syncProtocol.messageYjsSyncStep1) {
    Y.decodeStateVector(bytes);
    return { kind: 'state', vector: bytes };
  }
  Y.decodeUpdate(bytes);
  if (step === syncProtocol.messageYjsSyncStep2) return { kind: 'update', update: bytes, isAnswer: true };
  if (step === syncProtocol.messageYjsUpdate) return { kind: 'update', update: bytes, isAnswer: false };
  throw new Error('Unknown step');
}

function write(kind: number, work: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, kind);
  work(encoder);
  return encoding.toUint8Array(encoder);
}

export const messages = {
  /** What do you have? */
  state: (doc: Y.Doc) => write(kinds.sync, (encoder) => syncProtocol.writeSyncStep1(encoder, doc)),
  /** What you lack. */
  missing: (doc: Y.Doc, vector: Uint8Array) =>
    write(kinds.sync, (encoder) => syncProtocol.writeSyncStep2(encoder, doc, vector)),
  update: (update: Uint8Array) => write(kinds.sync, (encoder) => syncProtocol.writeUpdate(encoder, update)),
  cursors: (bytes: Uint8Array) => write(kinds.awareness, (encoder) => encoding.writeVarUint8Array(encoder, bytes)),
  readOnly: () => write(kinds.auth, (encoder) => authProtocol.writePermissionDenied(encoder, 'note.readOnly')),
};
