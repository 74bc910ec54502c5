import type { DeliveryReport } from './bounce.ts';
import type { ParsedMail } from './parsed.ts';

const maxTextChars = 200_000;

/**
 * Amazon SES tells of bounces, complaints and deliveries by mails of SNS: JSON as the text, or once more as a string within it.
 * Relays fold its long lines, so its words are looked for and not parsed.
 */
export function sesNotification(mail: ParsedMail): DeliveryReport | null {
  if (!mail.from?.address.endsWith('@sns.amazonaws.com')) return null;
  const text = mail.text
    .slice(0, maxTextChars)
    .replace(/!?\r?\n ?/g, '')
    .replaceAll('\\"', '"');
  const kind = wordAt(text, 'notificationType');
  const action = kind === 'Bounce' ? 'failed' : kind === 'Complaint' ? 'complaint' : 'delivered';
  if (kind !== 'Bounce' && kind !== 'Complaint' && kind !== 'Delivery') return null;
  return {
    action,
    recipient:
      (wordAt(text, 'emailAddress') ?? /"recipients"\s*:\s*\["([^"]{1,320})"/.exec(text)?.[1] ?? null)?.toLowerCase() ??
      null,
    recipients: [],
    status: /"status"\s*:\s*"([245]\.\d{1,3}\.\d{1,3})"/.exec(text)?.[1] ?? null,
    diagnostic: wordAt(text, 'diagnosticCode'),
    permanent: action === 'failed' && wordAt(text, 'bounceType') === 'Permanent',
    // SES gives mails an id of its own; ours stands once more in a header of ours.
    originalMessageId: idAt(text, 'X-Lotse-Id') ?? idAt(text, 'Message-ID'),
    reasons: ['SES notification'],
  };
}

function wordAt(text: string, name: string): string | null {
  return new RegExp(`"${name}"\\s*:\\s*"([^"]{1,500})"`).exec(text)?.[1] ?? null;
}

function idAt(text: string, header: string): string | null {
  const named = new RegExp(`"name"\\s*:\\s*"${header}"\\s*,\\s*"value"\\s*:\\s*"<([^"<>\\s]{1,995})>"`, 'i');
  return named.exec(text)?.[1] ?? null;
}
