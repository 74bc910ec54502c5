/** Puts `[#1042]` in once, from the first mail on: Gmail starts a new thread when a subject changes. */
export function taggedSubject(subject: string, number: number): string {
  return `[#${number}] ${untaggedSubject(subject)}`.trim();
}

/** A new ticket must not keep the number of the old one, or each later answer would match that. */
export function untaggedSubject(subject: string): string {
  return subject
    .replace(/\s*\[#\d{1,9}\]\s*/g, ' ')
    .replace(/^\s*((?:re|aw|antw|wg|fwd?)\s*:\s*)+/i, '')
    .replace(/\s+/g, ' ')
    .trim();
}
