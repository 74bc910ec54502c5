import type { StoredFile } from '#server/domain/messages/receive.ts';
import * as files from '#server/files.ts';
import type { ParsedMail } from './parsed.ts';

const cuts: ReadonlySet<string> = new Set(['parts', 'text', 'html']);

/** It has more parts, deeper ones or more text than is shown. */
export function isCut({ notes }: Pick<ParsedMail, 'notes'>): boolean {
  return notes.some((note) => cuts.has(note));
}

/** A mail as a file, for who wants to see what we could not show. */
export async function wholeMail(raw: Buffer): Promise<StoredFile> {
  return { name: 'mail.eml', mime: 'message/rfc822', contentId: null, ...(await files.put(raw)) };
}
