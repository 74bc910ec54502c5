import type { MailVerdict } from '#lib/shared/reasons.ts';
import type { Verdicts } from './machine.ts';

/** What the ledger keeps of them, and shows. */
export function verdictWords({
  noAutoAnswer,
  automatic,
  list,
  bounce,
  ownMail,
  check,
  report,
}: Verdicts): MailVerdict[] {
  const isOther = report !== null && report.action !== 'complaint' && bounce.length === 0;
  const words: (MailVerdict | false)[] = [
    noAutoAnswer.length > 0 && 'no_auto_answer',
    automatic.length > 0 && 'automatic',
    list.length > 0 && 'list',
    bounce.length > 0 && 'bounce',
    report?.action === 'complaint' && 'complaint',
    isOther && 'report',
    ownMail.length > 0 && 'own_mail',
    check !== null && 'check',
  ];
  return words.filter((word) => word !== false);
}
