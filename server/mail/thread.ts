import type { ParsedMail } from './parsed.ts';
import { ownIdOf, repliedNumberOf } from './thread-ids.ts';

/** One way a mail may name its ticket, in the order they are believed. Ids come without angle brackets. */
export type Hint =
  | { by: 'address'; number: number }
  | { by: 'ownId'; ticketId: string; mailId: string | null }
  /** Looked up exactly, and only in the same workspace and account. */
  | { by: 'foreignId'; messageId: string }
  /** Counts for participants alone: a number is no secret. */
  | { by: 'subject'; number: number };

/** Each id is one look-up; a mail with twenty references is answered by its newest. */
const maxForeignIds = 8;

/** What this mail says about where it belongs; tokens and own ids are already proven, nothing else is. */
export function threadHints(mail: ParsedMail, { key, workspaceId }: { key: Buffer; workspaceId: string }): Hint[] {
  const ids = [...new Set([...mail.inReplyTo, ...mail.references.toReversed()])];
  const addressed = mail.deliveredTo.flatMap((address) => {
    const number = repliedNumberOf(key, address, workspaceId);
    return number === null ? [] : [{ by: 'address' as const, number }];
  });
  const named = ids.map((messageId) => {
    const own = ownIdOf(key, messageId);
    return own ? { by: 'ownId' as const, ...own } : { by: 'foreignId' as const, messageId };
  });
  const foreign = named.filter((hint) => hint.by === 'foreignId').slice(0, maxForeignIds);
  const number = numberIn(mail.subject);
  return [
    ...addressed.slice(0, 1),
    ...named.filter((hint) => hint.by === 'ownId'),
    ...foreign,
    ...(number === null ? [] : [{ by: 'subject' as const, number }]),
  ];
}

/** `[#1042]` anywhere in a subject. */
export function numberIn(subject: string): number | null {
  const digits = /\[#(\d{1,9})\]/.exec(subject)?.[1];
  return digits === undefined ? null : Number(digits);
}
