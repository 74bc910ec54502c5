import { base32 } from './base32.ts';
import { isSame, sign, uuidBytes, uuidOf } from './keyed.ts';

/** On the mails of a check. The same words end their subject: some servers drop fields that they do not know. */
export const checkHeader = 'X-Lotse-Check';

/** `first` goes to the account's own address, `answer` to where customers answer. */
export type CheckMark = { check: string; step: 'first' | 'answer' };

const form = /\b([a-z2-7]{26})\.(first|answer)\.([a-z2-7]{26})\b/i;

/** Names a check and which of its mails this is; keyed, so that nobody else's mail counts for one. */
export function checkMark(key: Buffer, workspaceId: string, { check, step }: CheckMark): string {
  const id = base32(uuidBytes(check));
  return `${id}.${step}.${sign(key, markText(workspaceId, id, step))}`;
}

type Mail = { headers: Map<string, string[]>; subject: string };

/** The check that a mail of this workspace belongs to; null for all others and for forgeries. */
export function checkOf(key: Buffer, workspaceId: string, { headers, subject }: Mail): CheckMark | null {
  const given = [...(headers.get(checkHeader.toLowerCase()) ?? []).slice(0, 5), subject];
  for (const text of given) {
    const [, id = '', step = '', mac = ''] = form.exec(text.toLowerCase()) ?? [];
    const check = uuidOf(id);
    if (!check || (step !== 'first' && step !== 'answer')) continue;
    if (isSame(sign(key, markText(workspaceId, id, step)), mac)) return { check, step };
  }
  return null;
}

function markText(workspaceId: string, id: string, step: string): string {
  return `check:${workspaceId.toLowerCase()}:${id}:${step}`;
}
