import { AppError } from '#lib/shared/errors.ts';
import { tagCount } from '#lib/shared/limits.ts';
import type { MailReason } from '#lib/shared/reasons.ts';
import type { Act } from '#server/domain/act.ts';
import * as consultations from '#server/domain/consultations.ts';
import { byAddress, isUsable } from '#server/domain/contacts/by-address.ts';
import { asked, mark } from '#server/domain/filters.ts';
import * as mails from '#server/domain/mails.ts';
import { receive as post } from '#server/domain/messages/receive.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import * as tickets from '#server/domain/tickets.ts';
import { untaggedSubject } from '#server/letters/subject.ts';
import { copyTo, noteOf } from './copies.ts';
import type { Decision, Sorted } from './decision.ts';
import type { Incoming, Plan } from './file-mail.ts';
import { bodyOf, keptNote } from './file-words.ts';
import { languageOf } from './language.ts';
import { isDoubted } from './sender-proof.ts';
import { isWrittenBy, statementOf } from './statement.ts';

type Filed = Exclude<Decision, { kind: 'ledger' | 'wait' }>;
type Filing = Omit<Plan, 'incoming' | 'decision'> & { decision: Filed; meta: mails.Meta };

/**
 * Puts a mail onto its ticket, which is opened for it where it has none, with all that follows from it.
 * @throws AppError `mail.filedAlready` where another worker did meanwhile: nothing of this transaction may stay
 */
export async function putOnTicket(tx: Act, incoming: Incoming, filing: Filing): Promise<void> {
  const { decision, stored, number, wishes, meta } = filing;
  const { queued, verdicts } = incoming;
  const isInternal = decision.kind === 'attach' && (decision.as === 'agent' || decision.as === 'comment');
  const sender = isInternal ? null : await senderOf(tx, incoming);
  const statement = await statementOf(tx, incoming, { decision, sender });
  const isKept = isInternal || statement?.answers === 'internal';
  const contact = isKept ? null : sender;
  const ticket =
    decision.kind === 'attach'
      ? decision.ticketId
      : await open(tx, incoming, { contact, number, sorting: decision.sorting });
  const ticketMessageId = await post(tx, {
    ticket,
    contact,
    ...bodyOf(
      incoming,
      isInternal ? (decision.member ? '' : noteOf(incoming, decision.via)) : keptNote(incoming, isKept),
    ),
    ...(isInternal && decision.member ? { member: decision.member } : {}),
    isAutomatic: verdicts.automatic.length > 0,
    isVerified: isVerified(incoming, decision) || isWrittenBy(statement, incoming, sender),
    isStatement: statement !== null,
    isFirst: decision.kind === 'open',
    files: stored,
  });
  if (statement && verdicts.automatic.length === 0) await consultations.markAnswered(tx, statement.id);
  const isFirst = await mails.file(tx, queued.id, {
    ...meta,
    reason: reasonOf(decision),
    ticketId: ticket,
    ticketMessageId,
    maybeTicketId: decision.kind === 'open' ? (decision.related?.ticketId ?? null) : null,
  });
  if (!isFirst) throw new AppError('mail.filedAlready');
  if (decision.kind === 'open' && contact) await confirm(tx, incoming, { ticket, contact });
  if (decision.kind === 'attach' && decision.sorting) await mark(tx, ticket, decision.sorting);
  await asked(tx, { mailId: queued.id }, wishes);
  await copyTo(tx, incoming, decision.sorting);
}

function isVerified({ mail, account }: Incoming, decision: Filed): boolean {
  return decision.kind === 'open' ? !isDoubted(mail, account.authservId) : decision.as === 'customer';
}

function reasonOf(decision: Filed): MailReason {
  if (decision.kind === 'attach' && decision.via === 'filter') return 'filter.moved';
  if (decision.kind === 'open' && decision.sorting?.pool) return 'filter.ticket';
  if (decision.kind === 'open') return decision.related ? `ticket.created, ${decision.related.why}` : 'ticket.created';
  if (decision.via === 'again') return 'ticket.created';
  return decision.as === 'agent' ? `ticket.commented by ${decision.via}` : `ticket.answered by ${decision.via}`;
}

async function senderOf(tx: Act, { mail, queued, account }: Incoming): Promise<string> {
  const named = [mail.from?.address ?? '', queued.envelopeFrom.toLowerCase()].find(isUsable);
  const address = named ?? `unknown@${account.address.split('@')[1]}`;
  return byAddress(tx, { address, name: mail.from?.name ?? '', language: languageOf(mail, account.language) });
}

type Opened = { contact: string | null; number: number; sorting: Sorted | undefined };

async function open(
  tx: Act,
  { mail, account, verdicts }: Incoming,
  { contact, number, sorting }: Opened,
): Promise<string> {
  const subject = untaggedSubject(mail.subject).slice(0, 250) || '(–)';
  const { ticket } = await tickets.create(tx, {
    number,
    subject,
    description: '',
    pool: sorting?.pool ?? account.poolId,
    kind: '',
    status: 'open',
    visibility: 'public',
    priority: sorting?.priority ?? 'normal',
    channel: 'mail',
    tags: [...new Set(sorting?.tags)].slice(0, tagCount),
    requester: contact,
    member: null,
    group: null,
    due: null,
    isWaiting: contact !== null && verdicts.automatic.length === 0,
  });
  return ticket;
}

/** Number and link at once, unless a machine wrote or the sender had his share of automatic answers. */
async function confirm(
  tx: Act,
  { account, verdicts, mail }: Incoming,
  { ticket, contact }: { ticket: string; contact: string },
): Promise<void> {
  if (!account.sendsConfirmation || verdicts.noAutoAnswer.length > 0 || !mail.from) return;
  if (await outgoing.hadEnoughConfirmations(tx, contact)) return;
  await outgoing.queueForCustomers(tx, { kind: 'confirmation', ticket, message: null });
}
