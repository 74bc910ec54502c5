import type { MailVerdict } from '#lib/shared/reasons.ts';
import type { ParsedMail } from './parsed.ts';
import type { SenderProof } from './sender-proof.ts';

/** Exchange's confidence that it is spam goes to 9; from 5 on its own programs treat it as that. */
const spamLevel = 5;

/** What the mail servers before us made of it. Only a "yes" counts: a "no" may be the sender's. */
export function isSpam({ headers }: Pick<ParsedMail, 'headers'>): boolean {
  const says = (name: string, pattern: RegExp) => headers.get(name)?.some((value) => pattern.test(value)) ?? false;
  const level = Number(headers.get('x-ms-exchange-organization-scl')?.[0]);
  return says('x-spam-flag', /^\s*yes/i) || says('x-spam-status', /^\s*yes/i) || level >= spamLevel;
}

/** What is known of who wrote it. */
export function doubts(mail: Pick<ParsedMail, 'headers' | 'handedOnBy'>, proof: SenderProof): MailVerdict[] {
  const words: (MailVerdict | false)[] = [
    proof === 'fail' && 'forged',
    proof === 'pass' && 'proven',
    mail.handedOnBy !== null && 'handed_on',
    isSpam(mail) && 'spam',
  ];
  return words.filter((word) => word !== false);
}
