import { AppError } from '#lib/shared/errors.ts';
import { secretFor } from '#server/database/keys.ts';
import { act, type Act } from '#server/domain/act.ts';
import { byAddress } from '#server/domain/contacts/by-address.ts';
import * as mails from '#server/domain/mails.ts';
import { receive as post, type StoredFile } from '#server/domain/messages/receive.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import * as tickets from '#server/domain/tickets.ts';
import { languageOf as languageOfWorkspace } from '#server/domain/workspaces.ts';
import * as files from '#server/files.ts';
import type { Decision } from './decision.ts';
import { languageOf } from './language.ts';
import { judgeMail, type Verdicts } from './machine.ts';
import { readMail, type ReadMail } from './parse.ts';
import { placeOf } from './place.ts';
import { separatorToken } from './separator.ts';
import { untaggedSubject } from './thread.ts';
import { ownIdOf } from './thread-ids.ts';
import { htmlOfText } from './html-text.ts';

type Incoming = ReadMail & { queued: mails.Queued; account: mails.Account; key: Buffer; verdicts: Verdicts };

/** Files one mail of the ledger: on its ticket, as a new ticket, or in the ledger alone. Safe to repeat after any crash. */
export async function receive(queued: mails.Queued): Promise<void> {
  const account = await mails.accountById(queued.accountId);
  const raw = await mails.bytesOf(queued);
  if (!account || !raw) throw new AppError('mail.erased');
  const key = await secretFor('mail');
  const read = await readMail(raw, separatorToken(key));
  read.mail.deliveredTo.unshift(...queued.envelopeTo);
  const own = await asWorkspace(account, mails.ownAddresses);
  const verdicts = judgeMail(read.mail, { workspaceId: account.workspaceId, addresses: own, key });
  const incoming: Incoming = { ...read, queued, account, key, verdicts };
  await mails.markParsed(queued.id, metaOf(incoming));
  await fileOnce(incoming);
}

/** The ticket may be closed between the decision and the message; then the decision is made again. */
async function fileOnce(incoming: Incoming, attempt = 1): Promise<void> {
  const decision = await asWorkspace(incoming.account, (tx) => placeOf(tx, incoming));
  const stored = decision.kind === 'ledger' ? [] : await keep(incoming);
  const number = decision.kind === 'open' ? await tickets.drawNumber(incoming.account.workspaceId) : 0;
  try {
    await asWorkspace(incoming.account, (tx) => file(tx, incoming, { decision, stored, number }));
  } catch (error) {
    if (error instanceof AppError && error.code === 'ticket.closed' && attempt < 3)
      return fileOnce(incoming, attempt + 1);
    throw error;
  }
}

async function asWorkspace<T>(account: mails.Account, work: (tx: Act) => Promise<T>): Promise<T> {
  return (await act({ kind: 'system', workspaceId: account.workspaceId }, work)).result;
}

/** Bytes first, rows second; what a failure leaves behind without a row is swept. */
async function keep({ mail }: Incoming): Promise<StoredFile[]> {
  const kept: StoredFile[] = [];
  for (const { name, mime, contentId, content } of mail.attachments) {
    kept.push({
      name,
      mime: mime.slice(0, 120),
      contentId: contentId?.slice(0, 255) ?? null,
      ...(await files.put(content)),
    });
  }
  return kept;
}

type Plan = { decision: Decision; stored: StoredFile[]; number: number };

async function file(tx: Act, incoming: Incoming, { decision, stored, number }: Plan): Promise<void> {
  const { queued, verdicts } = incoming;
  const duplicateOfId = await mails.duplicateOf(tx, queued);
  if (duplicateOfId) return mails.ignore(tx, queued.id, { reason: 'duplicate', duplicateOfId });
  if (decision.kind === 'ledger') {
    // Forged reports are easy: only an id that carries our key may mark anything.
    const concerned = verdicts.report?.originalMessageId ?? '';
    if (verdicts.bounce.length > 0 && ownIdOf(incoming.key, concerned)) await outgoing.markBounced(tx, concerned);
    if (decision.reason === 'own') return mails.ignore(tx, queued.id, { reason: 'own' });
    await mails.file(tx, queued.id, { reason: decision.reason, ticketId: decision.ticketId });
    return;
  }
  const contact = await senderOf(tx, incoming);
  const ticket = decision.kind === 'attach' ? decision.ticketId : await open(tx, incoming, { contact, number });
  const ticketMessageId = await post(tx, {
    ticket,
    contact,
    ...bodyOf(incoming),
    isAutomatic: verdicts.automatic.length > 0,
    isVerified: decision.kind === 'open' || decision.as === 'customer',
    files: stored,
  });
  const isFirst = await mails.file(tx, queued.id, {
    reason: decision.kind === 'attach' ? `ticket.answered by ${decision.via}` : reasonOf(decision),
    ticketId: ticket,
    ticketMessageId,
    maybeTicketId: decision.kind === 'open' ? (decision.related?.ticketId ?? null) : null,
  });
  // Another worker filed it meanwhile: nothing of this transaction may stay.
  if (!isFirst) throw new AppError('mail.filedAlready');
  if (decision.kind === 'open') await confirm(tx, incoming, ticket);
}

function reasonOf(decision: Extract<Decision, { kind: 'open' }>): string {
  return decision.related ? `ticket.created, ${decision.related.why}` : 'ticket.created';
}

async function senderOf(tx: Act, { mail, queued, account }: Incoming): Promise<string> {
  const address = mail.from?.address || queued.envelopeFrom.toLowerCase() || `unknown@${account.address.split('@')[1]}`;
  const otherwise = await languageOfWorkspace(tx);
  return byAddress(tx, { address, name: mail.from?.name ?? '', language: languageOf(mail, otherwise) });
}

async function open(tx: Act, { mail, account }: Incoming, who: { contact: string; number: number }): Promise<string> {
  const subject = untaggedSubject(mail.subject).slice(0, 250) || '(–)';
  const { ticket } = await tickets.create(tx, {
    number: who.number,
    subject,
    description: '',
    pool: account.poolId,
    kind: '',
    status: 'open',
    visibility: 'public',
    priority: 'normal',
    channel: 'mail',
    tags: [],
    requester: who.contact,
    member: null,
    group: null,
    due: null,
  });
  return ticket;
}

/** Number and link at once, unless a machine wrote or the sender had his share of automatic answers. */
async function confirm(tx: Act, { account, verdicts, mail }: Incoming, ticket: string): Promise<void> {
  if (!account.sendsConfirmation || verdicts.noAutoAnswer.length > 0 || !mail.from) return;
  if (await outgoing.hadEnoughConfirmations(tx, mail.from.address)) return;
  await outgoing.queueForCustomers(tx, { kind: 'confirmation', ticket, message: null });
}

function bodyOf({ body }: Incoming) {
  const quoted = body.quotedHtml ?? (body.quotedText ? htmlOfText(body.quotedText) : '');
  return { html: body.html ?? htmlOfText(body.text), text: body.text, quotedHtml: quoted };
}

function metaOf({ mail, verdicts }: Incoming) {
  const words = [
    verdicts.noAutoAnswer.length > 0 && 'no_auto_answer',
    verdicts.automatic.length > 0 && 'automatic',
    verdicts.bounce.length > 0 && 'bounce',
    verdicts.ownMail.length > 0 && 'own_mail',
  ];
  return {
    messageId: mail.messageId?.slice(0, 998) ?? '',
    fromAddress: mail.from?.address.slice(0, 320) ?? '',
    fromName: mail.from?.name.slice(0, 320) ?? '',
    subject: mail.subject.slice(0, 998),
    verdicts: words.filter((word) => word !== false),
    sentAt: mail.date?.toISOString() ?? null,
  };
}
