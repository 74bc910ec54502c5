import MailComposer from 'nodemailer/lib/mail-composer';
import { ownIdHeader } from './bounce.ts';
import { loopHeader, originHeader } from './machine.ts';

export type Mailbox = { name: string; address: string };

export type ComposeInput = {
  /** Name of the agent with the company; the address is the mail account's. Never the customer's. */
  from: Mailbox;
  to: Mailbox;
  /** The keyed address; null where an answer goes to `from`. */
  replyTo: string | null;
  subject: string;
  text: string;
  html: string;
  /** `messageIdFor(…)`, without angle brackets like all ids here. */
  messageId: string;
  date: Date;
  /** The customer's last mail. */
  inReplyTo: string | null;
  /** Oldest first, `threadIdFor(…)` at the head; bounded here. */
  references: string[];
  /** RFC 3834: an acknowledgement is `replied`, a notice `generated`; what a person wrote is null and carries none of it. */
  automatic: 'replied' | 'generated' | null;
  /** `loopMark(…)` */
  loopMark: string;
  /** Further fields of ours. */
  headers?: Record<string, string>;
  /** Of the customer's last mail: Outlook groups by these. */
  outlook?: { index: string; topic: string };
  /** MAIL FROM; '' is the empty reverse-path for machine mail where the relay takes it. Default: `from`. */
  envelopeFrom?: string;
  attachments: { name: string; mime: string; content: Buffer }[];
};

export type ComposedMail = { bytes: Buffer; messageId: string; envelope: { from: string; to: string[] } };

/** Some relays refuse header lines over 4,096 bytes; long threads need their first and their newest ids. */
const maxReferenceChars = 1500;

/** Builds the mail once: the same bytes, id, date and boundaries are stored and sent, however often it takes. */
export async function composeMail(input: ComposeInput): Promise<ComposedMail> {
  const composer = new MailComposer({
    from: input.from,
    to: input.to,
    ...(input.replyTo ? { replyTo: input.replyTo } : {}),
    subject: input.subject,
    text: input.text,
    html: input.html,
    messageId: `<${input.messageId}>`,
    date: input.date,
    ...(input.inReplyTo ? { inReplyTo: `<${input.inReplyTo}>` } : {}),
    references: referencesOf(input).map((id) => `<${id}>`),
    headers: headersOf(input),
    attachments: input.attachments.map(({ name, mime, content }) => ({ filename: name, contentType: mime, content })),
    // What a mail holds comes from memory; a path or address among the data must not be opened.
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'win',
  });
  const bytes = await composer.compile().build();
  const from = input.envelopeFrom ?? input.from.address;
  return { bytes, messageId: input.messageId, envelope: { from, to: [input.to.address] } };
}

function headersOf({ automatic, loopMark, messageId, outlook, headers }: ComposeInput): Record<string, string> {
  return {
    [ownIdHeader]: `<${messageId}>`,
    // What a person wrote carries nothing that a machine could take for a machine's, but we know it again.
    [automatic ? loopHeader : originHeader]: loopMark,
    // Not `All`: that would also suppress the delivery reports we want.
    ...(automatic ? { 'Auto-Submitted': `auto-${automatic}`, 'X-Auto-Response-Suppress': 'OOF, AutoReply' } : {}),
    ...(outlook?.index ? { 'Thread-Index': outlook.index } : {}),
    ...(outlook?.topic ? { 'Thread-Topic': outlook.topic } : {}),
    ...headers,
  };
}

/** The first id, then as many of the newest as fit, oldest first; the mail answered is always the last. */
function referencesOf({ references, inReplyTo }: ComposeInput): string[] {
  const ids = [...new Set([...references.filter((id) => id !== inReplyTo), ...(inReplyTo ? [inReplyTo] : [])])];
  const [first, ...rest] = ids.filter((id) => id.length <= 500 && /^[^\s<>]+$/.test(id));
  if (first === undefined) return [];
  let room = maxReferenceChars - first.length - 3;
  const newest = rest.toReversed().filter((id) => {
    room -= id.length + 3;
    return room >= 0;
  });
  return [first, ...newest.toReversed()];
}
