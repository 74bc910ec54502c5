import { headerText, messageIds, readHeaders } from './headers.ts';
import type { ParsedMail } from './parsed.ts';
import {
  actionIn,
  diagnosticIn,
  recipientsOf,
  type ReportAction,
  type ReportedRecipient,
} from './report-recipients.ts';
import { sesNotification } from './ses-notification.ts';

/** What a delivery report says of one mail of ours. Whether it may change anything is for `threadHints` to prove: reports are easy to forge. */
export type DeliveryReport = {
  /** RFC 3464's word; `complaint` for RFC 5965 feedback; `failed` where a report without fields reads like a failure. */
  action: ReportAction | 'complaint';
  recipient: string | null;
  /** What it says of each, where it has fields for that. */
  recipients: ReportedRecipient[];
  /** e.g. `5.1.1` */
  status: string | null;
  diagnostic: string | null;
  permanent: boolean;
  originalMessageId: string | null;
  reasons: string[];
};

const failureSubject =
  /undeliver|delivery (?:status|failure|report|has failed|problem)|returned? (?:mail|to sender)|mail (?:delivery |system )?(?:failed|failure|error)|failure notice|failed (?:delivery|mail)|could ?n[o']t be delivered|couldn't be delivered|not delivered|delivery.{0,20}fail|message you sent blocked|postmaster notify|nondeliver|non remis|unzustellbar|nicht zugestellt|zustellung.{0,30}(?:fehl|nicht)|mailsystem|rejected|warning: (?:could not|message)|user unknown|bounce|delivery notification|メールエラー/i;
const failureText =
  /\b(?:5\d\d|4\d\d)[ -](?:\(?#?[45]\.\d+\.\d+|[^\n]{0,60}(?:unknown|reject|not exist|unavailable|denied|refused|full|quota|relay))|user unknown|unknown user|mailbox (?:is )?(?:full|unavailable|not found)|could not be delivered|not be delivered|undeliverable|delivery (?:has )?failed|permanent(?:ly)? (?:fatal )?(?:error|failure)|unable to deliver|was not delivered|delivery to the following|no such (?:user|recipient|address)|recipient (?:address )?rejected|returned to sender|konnte nicht zugestellt|unzustellbar|message could not|host (?:unknown|not found)|over quota|following (?:address|recipient)|undelivered|malformed (?:recipient )?address|delivery attempt/i;
const daemon =
  /\bmailer-?daemon\b|\bpoo?st_?master\b|\bmail[ ._-]?(?:delivery|administrator|system)|delivery (?:sub)?system|NDR Administrator|mmdf|smtp[- ]?gateway|\bdelivery[ -]?(?:notification|service)/i;

const maxTextChars = 200_000;

/** Our id once more in what we send: it comes back in reports also where a relay changed the Message-ID. */
export const ownIdHeader = 'X-Lotse-Id';

export function readReport(mail: ParsedMail): DeliveryReport | null {
  const type = headerText(mail.headers, 'content-type');
  if (
    /report-type\s*=\s*"?feedback-report/i.test(type) ||
    mail.reportParts.some((file) => file.mime === 'message/feedback-report')
  )
    return complaint(mail);
  const notified = sesNotification(mail);
  if (notified) return notified;
  const part = mail.reportParts.find((file) => /^message\/(?:global-)?delivery-status$/.test(file.mime));
  const fields = part?.content.toString('utf8').slice(0, maxTextChars) ?? '';
  const recipients = recipientsOf(fields);
  // Of a mail to several one may have got it.
  const action = (recipients.find((each) => each.action === 'failed')?.action ?? actionIn(fields)) || undefined;
  const reasons = part ? ['delivery-status part'] : wordsOf(mail);
  if (reasons.length === 0) return null;
  const text = `${fields}\n${mail.text.slice(0, maxTextChars)}`;
  const status =
    /^Status:\s*([245]\.\d{1,3}\.\d{1,3})/im.exec(text)?.[1] ??
    /(?:#|\b)([45]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1] ??
    null;
  return {
    action: action ?? 'failed',
    recipient: recipientOf(mail, text),
    recipients,
    status,
    diagnostic: diagnosticIn(text),
    permanent: action === 'failed' || action === undefined ? !status?.startsWith('4') : false,
    originalMessageId: originalId(mail),
    reasons,
  };
}

/** 45 % of the bounces in the wild carry no report part: two signs of three make one, since a person writes "undeliverable" too. */
function wordsOf(mail: ParsedMail): string[] {
  if (
    /^auto-replied/i.test(headerText(mail.headers, 'auto-submitted')) &&
    !/report-type/i.test(headerText(mail.headers, 'content-type'))
  ) {
    if (!daemon.test(headerText(mail.headers, 'from'))) return [];
  }
  const failedRecipients = headerText(mail.headers, 'x-failed-recipients');
  if (failedRecipients) return ['X-Failed-Recipients'];
  if (
    /^\s*(?:re|aw|automatic reply|automatische antwort)\s*:/i.test(mail.subject) &&
    !daemon.test(headerText(mail.headers, 'from'))
  )
    return [];
  const senders = ['from', 'sender', 'return-path', 'x-original-from']
    .map((name) => headerText(mail.headers, name))
    .join(' ');
  const signs = [
    ...(daemon.test(senders) ? ['sender'] : []),
    ...(/\bno-?reply@/i.test(headerText(mail.headers, 'from')) && hasReturnedMail(mail) ? ['sender'] : []),
    ...(/^\s*<\s*>/.test(headerText(mail.headers, 'return-path')) ? ['empty return path'] : []),
    ...(failureSubject.test(mail.subject) ? ['subject'] : []),
    ...(failureText.test(mail.text.slice(0, maxTextChars)) ? ['text'] : []),
    ...(hasReturnedMail(mail) ? ['returned mail'] : []),
  ];
  const isFromMachine = signs.includes('sender') || signs.includes('empty return path');
  return isFromMachine &&
    signs.length >= 2 &&
    signs.some((sign) => sign === 'subject' || sign === 'text' || sign === 'returned mail')
    ? signs
    : [];
}

function hasReturnedMail(mail: ParsedMail): boolean {
  return [...mail.reportParts, ...mail.attachments].some(
    (file) => file.mime === 'message/rfc822' || file.mime === 'text/rfc822-headers',
  );
}

function recipientOf(mail: ParsedMail, text: string): string | null {
  const named = /^(?:Final|Original)-Recipient:\s*(?:[\w-]+\s*;)?\s*<?([^\s<>;]+@[^\s<>;]+?)>?\s*$/im.exec(text)?.[1];
  const listed = /[^\s<>,;]+@[^\s<>,;]+/.exec(headerText(mail.headers, 'x-failed-recipients'))?.[0];
  const bracketed = /<([^\s<>@]{1,64}@[^\s<>@]{1,255})>/.exec(text)?.[1];
  return (named ?? listed ?? bracketed)?.toLowerCase() ?? null;
}

/** From the returned mail or its headers; some only paste it into the text. */
function originalId(mail: ParsedMail): string | null {
  for (const file of [...mail.reportParts, ...mail.attachments]) {
    if (file.mime !== 'message/rfc822' && !file.mime.startsWith('text/rfc822')) continue;
    const headers = readHeaders(file.content);
    // Some relays put a Message-ID of their own in the place of ours.
    const id = [ownIdHeader, 'message-id'].flatMap((name) => messageIds(headerText(headers, name.toLowerCase())))[0];
    if (id) return id;
  }
  const text = mail.text.slice(0, maxTextChars);
  const ours = /^[ \t>]*X-Lotse-Id:\s*(<[^<>\s]{1,995}>)/im.exec(text)?.[1];
  const pasted = ours ?? /^[ \t>]*Message-Id:\s*(<[^<>\s]{1,995}>)/im.exec(text)?.[1];
  return messageIds(pasted ?? '')[0] ?? null;
}

function complaint(mail: ParsedMail): DeliveryReport {
  const recipient = /^Original-Rcpt-To:\s*<?([^\s<>]+@[^\s<>]+?)>?\s*$/im.exec(
    mail.reportParts
      .map((file) => (file.mime === 'message/feedback-report' ? file.content.toString('utf8') : ''))
      .join('\n'),
  );
  return {
    action: 'complaint',
    recipient: recipient?.[1]?.toLowerCase() ?? null,
    recipients: [],
    status: null,
    diagnostic: null,
    permanent: false,
    originalMessageId: originalId(mail),
    reasons: ['feedback report'],
  };
}
