import { z } from 'zod';
import type { Bus } from '../bus.ts';
import type { Address, Note } from './note.ts';
import { mostCursors, stampedBytes } from './limits.ts';
import { messages } from './protocol.ts';

/** Letters of base64: four for three bytes. */
const mostLetters = (mostCursors * stampedBytes * 4) / 3;

const words = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cursors'), bytes: z.base64().max(mostLetters) }),
  /** Somebody opened the notes there: which cursors have you? */
  z.object({ kind: z.literal('ask') }),
]);

type Words = z.infer<typeof words>;

export type CursorSharing = { tell(bytes: Uint8Array): void; stop(): void };

/** The cursors of one note among several processes: volatile as presence is, while the text goes through the database. */
export function shareCursors(bus: Bus, note: Note): CursorSharing {
  const channel = channelOf(note.address);
  const say = (said: Words) => bus.tell(channel, said);
  const tell = (bytes: Uint8Array) => say({ kind: 'cursors', bytes: Buffer.from(bytes).toString('base64') });
  const unhear = bus.hear(channel, (said) => {
    const heard = words.safeParse(said);
    if (!heard.success) return;
    if (heard.data.kind === 'ask') return tell(note.cursors.here());
    const news = note.cursors.hear(Buffer.from(heard.data.bytes, 'base64'));
    if (news) note.sendOthers(messages.cursors(news), null);
  });
  say({ kind: 'ask' });
  return { tell, stop: unhear };
}

function channelOf({ ticketId, generation }: Address): string {
  return `lotse:cursors:${ticketId}:${generation}`;
}
