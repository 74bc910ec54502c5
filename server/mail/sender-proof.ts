import type { ParsedMail } from './parsed.ts';

/** Whether the From address stood up to DMARC at the mail server before us; `unknown` where nobody trustworthy says. */
export type SenderProof = 'pass' | 'fail' | 'unknown';

type Stood = Pick<ParsedMail, 'headers' | 'from' | 'handedOnBy'>;

/**
 * Reads the topmost Authentication-Results, and only when the server of that name wrote it: fields below may come from the sender
 * (RFC 8601, 5 and 7.1). A mail with several senders proves none of them.
 */
export function senderProof(mail: Stood, authservId: string): SenderProof {
  const { headers, from, handedOnBy } = mail;
  // What was proven is the list, not who it says wrote.
  if (handedOnBy)
    return senderProof({ headers, from: handedOnBy, handedOnBy: null }, authservId) === 'fail' ? 'fail' : 'unknown';
  if (authservId === '') return 'unknown';
  if ((headers.get('from')?.length ?? 0) > 1) return 'fail';
  const [id = '', ...results] = partsOf(headers.get('authentication-results')?.[0] ?? '');
  if (id.trim().split(/\s+/)[0]?.toLowerCase() !== authservId.toLowerCase()) return 'unknown';
  const said = results.map((result) => result.trim()).filter((result) => /^dmarc\s*=/i.test(result));
  // Two answers to one question: whoever adds to a field may have added this.
  if (said.length > 1) return 'fail';
  const result = /^dmarc\s*=\s*(\w+)/i.exec(said[0] ?? '')?.[1]?.toLowerCase();
  const domain = /\bheader\.from\s*=\s*"?(?:[^\s"@]*@)?([^\s";]+)/i.exec(said[0] ?? '')?.[1]?.toLowerCase();
  if (result === 'fail' || result === 'permerror') return 'fail';
  if (result !== 'pass') return 'unknown';
  const address = from?.address ?? '';
  return domain === undefined || address.endsWith(`@${domain}`) || address.endsWith(`.${domain}`) ? 'pass' : 'fail';
}

/** What its writer may do is a stranger's: he was disproved, or a list said who he is. */
export function isDoubted(mail: Stood, authservId: string): boolean {
  return mail.handedOnBy !== null || senderProof(mail, authservId) === 'fail';
}

/**
 * What stands between semicolons, without comments, which may be nested. In quotes stands what the sender chose, such as the
 * address of his envelope: neither its semicolons nor its brackets count.
 */
function partsOf(value: string): string[] {
  const parts = [''];
  let depth = 0;
  for (let at = 0; at < value.length;) {
    const next = depth > 0 ? withinComment : outside;
    next.lastIndex = at;
    const piece = next.exec(value)?.[0] ?? '';
    at += Math.max(1, piece.length);
    if (piece === '(') depth++;
    else if (piece === ')' && depth > 0) depth--;
    else if (depth > 0) continue;
    else if (piece === ';') parts.push('');
    else parts.push(`${parts.pop() ?? ''}${piece}`);
  }
  return parts;
}

const outside = /"(?:[^"\\]|\\[^])*"|[^]/y;
const withinComment = /\\[^]|[^]/y;
