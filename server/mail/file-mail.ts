import { AppError } from '#lib/shared/errors.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import { tagCount } from '#lib/shared/limits.ts';
import type { MailReason } from '#lib/shared/reasons.ts';
import type { Act } from '#server/domain/act.ts';
import { asked, mark, type Asked } from '#server/domain/filters.ts';
import { byAddress, isUsable } from '#server/domain/contacts/by-address.ts';
import * as mails from '#server/domain/mails.ts';
import * as consultations from '#server/domain/consultations.ts';
import { receive as post, type StoredFile } from '#server/domain/messages/receive.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import * as tickets from '#server/domain/tickets.ts';
import { untaggedSubject } from '#server/letters/subject.ts';
import { noteCheck } from './check-arrival.ts';
import { copyTo, noteOf } from './copies.ts';
import { isCut } from './cut.ts';
import type { Decision, Sorted } from './decision.ts';
import { htmlOfText } from './html-text.ts';
import { languageOf } from './language.ts';
import { outlookThreadOf } from './outlook-thread.ts';
import type { Verdicts } from './machine.ts';
import type { ReadMail } from './parse.ts';
import { isDoubted, senderProof } from './sender-proof.ts';
import { doubts } from './spam.ts';
import { isWrittenBy, statementOf } from './statement.ts';
import { ownMailOf } from './thread-ids.ts';
import { verdictWords } from './verdict-words.ts';
import { waitForPerson } from './wait.ts';

export type Incoming = ReadMail & {
  queued: mails.Queued;
  account: mails.Receiver;
  key: Buffer;
  verdicts: Verdicts;
  /** Milliseconds by step, so far. */
  spent: Record<string, number>;
};

export type Plan = {
  incoming: Incoming;
  decision: Decision;
  stored: StoredFile[];
  number: number;
  /** What rules of single people want done about it. */
  wishes: Asked[];
};

/**
 * All that mails cause, in one transaction with their rows in the ledger. Statements of different senders are sent without
 * waiting for each other; those of one sender keep their order.
 */
export async function fileAll(tx: Act, plans: Plan[]): Promise<void> {
  const begin = performance.now();
  const duplicates = await mails.duplicatesOf(
    tx,
    plans.map(({ incoming }) => incoming.queued.id),
  );
  // In one order, so that two transactions that know the same senders wait for each other once and not crosswise.
  const bySender = [...Map.groupBy(plans, ({ incoming }) => incoming.mail.from?.address ?? '')].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const ended = await Promise.allSettled(
    bySender.map(async ([, own]) => {
      for (const plan of own) {
        plan.incoming.spent['file'] = Math.round(performance.now() - begin);
        await file(tx, plan, duplicates.get(plan.incoming.queued.id) ?? null);
      }
    }),
  );
  const reasons = ended.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
  if (reasons.length > 0) throw reasons.find((reason) => !isAftermath(reason)) ?? reasons[0];
}

/** What PostgreSQL answers to all statements after the one that failed. */
function isAftermath(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '25P02';
}

async function file(tx: Act, { incoming, decision, stored, number, wishes }: Plan, duplicateOfId: string | null) {
  const { queued, verdicts } = incoming;
  const meta = { ...metaOf(incoming), filterNames: decision.sorting?.names ?? [] };
  if (duplicateOfId) {
    await mails.ignore(tx, queued.id, { ...meta, reason: 'duplicate', duplicateOfId });
    return;
  }
  if (decision.kind === 'ledger') {
    // Forged reports are easy: only an id that carries our key may mark anything.
    const { report } = verdicts;
    const concerned = report && ownMailOf(incoming.key, report.originalMessageId ?? '');
    if (concerned) await outgoing.noteReport(tx, concerned, report);
    await noteCheck(tx, incoming);
    if (verdicts.check) {
      await mails.ignore(tx, queued.id, { ...meta, reason: 'own.check' });
      return;
    }
    if (decision.reason === 'own' || decision.reason === 'filter.ignored') {
      const isFirst = await mails.ignore(tx, queued.id, { ...meta, reason: decision.reason });
      if (isFirst) await copyTo(tx, incoming, decision.sorting);
      return;
    }
    await mails.file(tx, queued.id, { ...meta, reason: decision.reason, ticketId: decision.ticketId });
    return;
  }
  if (decision.kind === 'wait') {
    const body = bodyOf(incoming, '');
    const isFirst = await waitForPerson(tx, incoming, { decision, stored, meta, body });
    if (!isFirst) throw new AppError('mail.filedAlready');
    await asked(tx, { mailId: queued.id }, wishes);
    return copyTo(tx, incoming, decision.sorting);
  }
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
  // Another worker filed it meanwhile: nothing of this transaction may stay.
  if (!isFirst) throw new AppError('mail.filedAlready');
  if (decision.kind === 'open' && contact) await confirm(tx, incoming, { ticket, contact });
  if (decision.kind === 'attach' && decision.sorting) await mark(tx, ticket, decision.sorting);
  await asked(tx, { mailId: queued.id }, wishes);
  await copyTo(tx, incoming, decision.sorting);
}

function isVerified({ mail, account }: Incoming, decision: Filed): boolean {
  return decision.kind === 'open' ? !isDoubted(mail, account.authservId) : decision.as === 'customer';
}

type Filed = Exclude<Decision, { kind: 'ledger' | 'wait' }>;

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

/** What a message's row takes. Whoever writes more than a book finds the rest in the original. */
const bodyChars = { own: 1_000_000, quoted: 2_000_000, instead: 100_000 };

/** A statement that is kept from customers says at its head whose it is. */
function keptNote({ mail, account }: Incoming, isKept: boolean): string {
  const { address = '', name = '' } = mail.from ?? {};
  const who = name ? `${name} <${address}>` : address;
  return isKept ? m.mail_from_consulted({ who }, { locale: account.language }) : '';
}

/** What stands among the comments says at its head whose it is, or claims to be. */
function bodyOf({ body, mail, queued, account }: Incoming, about: string) {
  const size = Math.ceil(queued.size / 1024 ** 2);
  const partial = queued.isPartial ? m.mailbox_partial({ size }, { locale: account.language }) : '';
  const cut = isCut(mail) ? m.mailbox_cut({}, { locale: account.language }) : '';
  const note = [about, partial, cut].filter(Boolean).join('\n\n');
  const html = `${htmlOfText(note)}${body.html ?? htmlOfText(body.text)}`;
  const quotedHtml = body.quotedHtml ?? htmlOfText(body.quotedText);
  return {
    html: html.length <= bodyChars.own ? html : htmlOfText(`${note}\n\n${body.text.slice(0, bodyChars.instead)} …`),
    text: `${note}\n\n${body.text}`.trim().slice(0, bodyChars.own).toWellFormed(),
    quotedHtml: quotedHtml.length <= bodyChars.quoted ? quotedHtml : '',
  };
}

function metaOf({ mail, account, verdicts, spent }: Incoming): mails.Meta {
  const proof = senderProof(mail, account.authservId);
  return {
    messageId: mail.messageId?.slice(0, 998) ?? '',
    fromAddress: mail.from?.address.slice(0, 320) ?? '',
    fromName: mail.from?.name.slice(0, 320) ?? '',
    subject: mail.subject.slice(0, 998),
    verdicts: [...doubts(mail, proof), ...verdictWords(verdicts)],
    sentAt: mail.date?.toISOString() ?? null,
    ...outlookThreadOf(mail),
    spent,
  };
}
