import { occasions, type Occasion } from '#lib/shared/templates.ts';
import { config } from '#server/config.ts';
import { secretFor } from '#server/database/keys.ts';
import { consultationLetter } from '#server/domain/consultations.ts';
import * as letters from '#server/domain/outgoing/letter.ts';
import { noticeFor, type Due } from '#server/domain/outgoing.ts';
import * as files from '#server/files.ts';
import { renderMail, senderName, type MailContent, type RenderedMail } from '#server/letters/render.ts';
import { taggedSubject } from '#server/letters/subject.ts';
import { buildCheckMail } from './check-mail.ts';
import { composeMail, type ComposedMail, type ComposeInput } from './compose.ts';
import { signed } from './dkim.ts';
import { loopMark } from './machine.ts';
import { separatorToken } from './separator.ts';
import { messageIdFor, plainIdFor, replyAddressFor, threadIdFor } from './thread-ids.ts';

export type Built = ComposedMail & { subject: string };

/** More is left on the ticket's page: many servers refuse mails over 10 MB. */
const attachedBytes = 8 * 1024 * 1024;
/** A company without a name of its own, for sign-in mails that belong to no workspace. */
const product = 'Lotse';
const nobody = '00000000-0000-0000-0000-000000000000';

/** Builds the mail of a row once. Null when what it tells of is gone: the ticket internal, the invitation revoked. */
export async function buildMail(due: Due): Promise<Built | null> {
  const key = await secretFor('mail');
  if (due.kind === 'check') return buildCheckMail(due, key);
  if (due.ticketId && due.kind !== 'notice') return buildTicketMail(due, key);
  const content = await (due.kind === 'notice' ? noticeContent(due) : accessContent(due));
  if (!content) return null;
  const rendered = renderMail(content.mail, {
    language: due.language,
    company: content.company,
    accent: content.accent,
    recipient: content.name ? { salutation: '', title: '', name: content.name } : null,
    separator: null,
  });
  return compose(due, rendered, {
    from: { name: content.company, address: config().mailFrom },
    replyTo: null,
    messageId: plainIdFor(key, { domain: config().mailDomain, mailId: due.id }),
    inReplyTo: null,
    references: [],
    automatic: 'generated',
    loopMark: loopMark(key, due.workspaceId ?? nobody),
    attachments: [],
  });
}

/** Kinds that are nothing without their message: it was taken back. */
const tells: ReadonlySet<string> = new Set(['message', 'question', 'interim']);

async function buildTicketMail(due: Due, key: Buffer): Promise<Built | null> {
  const letter = await (due.consultationId ? consultationLetter(due) : letters.letterFor(due));
  if (!letter || (tells.has(due.kind) && !letter.message)) return null;
  const { sender } = due;
  const thread = threadOf(due.thread);
  const address = sender?.address ?? config().mailFrom;
  const domain = address.split('@')[1] ?? config().mailDomain;
  const { ticket, company } = letter;
  const attached = await attachments(letter.message?.files ?? []);
  const rendered = renderMail(ticketContent(due, letter, attached), {
    language: due.language,
    company,
    accent: letter.accent,
    recipient: letter.recipient,
    separator: separatorToken(key),
    template: letter.template,
  });
  const subject = thread.subject ? `Re: ${taggedSubject(thread.subject, ticket.number)}` : rendered.subject;
  const author = due.kind === 'confirmation' ? null : (letter.message?.author ?? null);
  return compose(
    due,
    { ...rendered, subject },
    {
      from: { name: senderName(author, sender?.name ?? company, due.language), address },
      replyTo: sender?.hasPlusAddresses
        ? replyAddressFor(key, address, {
            workspaceId: letter.workspaceId,
            number: ticket.number,
            ...(letter.asked === null ? {} : { asked: letter.asked }),
          })
        : null,
      messageId: messageIdFor(key, { domain, ticketId: ticket.id, mailId: due.id }),
      inReplyTo: thread.inReplyTo,
      outlook: thread.outlook,
      references: [threadIdFor(key, { domain, ticketId: ticket.id }), ...thread.references],
      automatic: due.kind === 'confirmation' ? 'replied' : null,
      loopMark: loopMark(key, letter.workspaceId),
      attachments: attached
        .filter((file) => file.content)
        .map(({ name, mime, content }) => ({ name, mime, content: content ?? Buffer.alloc(0) })),
    },
  );
}

type Followed = {
  references: string[];
  inReplyTo: string | null;
  subject: string | null;
  outlook: { index: string; topic: string };
};

/** The customer's own subject keeps his mail program's thread together. References are oldest first. */
function threadOf(thread: Due['thread']): Followed {
  const theirs = thread.find((mail) => mail.isTheirs);
  return {
    references: thread.map((mail) => mail.messageId).reverse(),
    inReplyTo: theirs?.messageId ?? thread[0]?.messageId ?? null,
    subject: theirs?.subject ?? null,
    outlook: { index: theirs?.threadIndex ?? '', topic: theirs?.threadTopic ?? '' },
  };
}

function ticketContent(due: Due, letter: letters.Letter, attached: Attached[]): MailContent {
  const { ticket, message, history, hasMore } = letter;
  return {
    kind: occasionOf(due),
    ticket: { ...ticket, url: ticket.token && `${config().address}/t/${ticket.token}` },
    message: message && { ...message, author: message.author ?? '' },
    files: attached.map(({ name, size, content }) => ({ name, size, isAttached: content !== null })),
    history: history.map((entry) => ({ ...entry, at: new Date(entry.at) })),
    hasMore,
  };
}

/** Of a mail to a customer of the ticket. */
function occasionOf({ id, kind }: Due): Occasion {
  const occasion = occasions.find((each) => each === kind);
  if (!occasion) throw new TypeError(`mail ${id} is no letter about a ticket`);
  return occasion;
}

type Attached = { name: string; mime: string; size: number; content: Buffer | null };

async function attachments(
  rows: { name: string; mime: string; size: number; storageKey: string }[],
): Promise<Attached[]> {
  let room = attachedBytes;
  const attached: Attached[] = [];
  for (const { name, mime, size, storageKey } of rows) {
    const fits = size <= room;
    if (fits) room -= size;
    attached.push({ name, mime, size, content: fits ? await files.read(storageKey) : null });
  }
  return attached;
}

type Plain = { mail: MailContent; company: string; accent: string; name: string };

/** It names no ticket to those who answer: what comes back on it must not reach a customer. */
async function noticeContent(due: Due): Promise<Plain | null> {
  const notice = await noticeFor(due);
  if (!notice) return null;
  const url = `${config().address}/${notice.slug}/tickets/${notice.number}`;
  return { ...notice, name: '', mail: { ...notice, kind: 'notice', url } };
}

async function accessContent(due: Due): Promise<Plain | null> {
  const { link, name, token } = due.input;
  if (due.kind === 'invitation') {
    const invitation = await letters.invitationFor(due);
    if (!invitation || typeof token !== 'string') return null;
    const url = `${config().address}/invitation?token=${encodeURIComponent(token)}`;
    return {
      ...invitation,
      mail: { kind: 'invitation', inviter: invitation.inviter, url, until: new Date(invitation.expiresAt) },
    };
  }
  if ((due.kind !== 'magicLink' && due.kind !== 'passwordReset') || typeof link !== 'string') return null;
  return {
    mail: { kind: due.kind, url: link },
    company: product,
    accent: '#0f6b6b',
    name: typeof name === 'string' ? name : '',
  };
}

type Headers = Omit<ComposeInput, 'to' | 'subject' | 'text' | 'html' | 'date'>;

async function compose(due: Due, { subject, text, html }: RenderedMail, headers: Headers): Promise<Built> {
  const to = { name: '', address: due.toAddress };
  const mail = await composeMail({ ...headers, to, subject, text, html, date: new Date() });
  return { ...mail, bytes: await signed(mail.bytes, due), subject };
}
