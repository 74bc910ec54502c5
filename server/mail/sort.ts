import { sort, type Facts, type Filter, type Sorting } from '#lib/shared/filters.ts';
import { asSystem } from '#server/database/actor.ts';
import * as mails from '#server/domain/mails.ts';
import type { Decision, Sorted } from './decision.ts';
import type { Incoming } from './file-mail.ts';
import type { ParsedMail } from './parsed.ts';
import { senderProof } from './sender-proof.ts';

type Mail = Pick<Incoming, 'account' | 'mail'> & {
  queued: { size: number };
  body: { text: string; quotedText: string };
};

/**
 * What the desk's own settings make of a decision: its filters, and whether the account asks first. What belongs to a ticket
 * goes there, whatever they say.
 */
export async function sorted(incoming: Mail, decision: Decision, filters: readonly Filter[]): Promise<Decision> {
  if (decision.kind !== 'open') return decision;
  const { related } = decision;
  const asks = incoming.account.asksFirst;
  if (filters.length === 0) return asks ? { kind: 'wait', related } : decision;
  const { where, copies, ...said } = sort(filters, factsOf(incoming));
  const found = await ticketsOf(incoming, [...copies, ...(where?.do === 'move' ? [where.number] : [])]);
  const copied = copies.flatMap((number) => found.get(number)?.ticketId ?? []);
  const sorting: Sorted = { ...said, pool: where?.do === 'ticket' ? where.pool : null, copies: copied };
  if (where?.do === 'ignore') return { kind: 'ledger', ticketId: null, reason: 'filter.ignored', sorting };
  const target = where?.do === 'move' ? found.get(where.number) : undefined;
  // A rule is no proof of who wrote: only a customer of the ticket speaks there, anybody else's mail is the team's to read.
  if (target) {
    const isForged = senderProof(incoming.mail, incoming.account.authservId) === 'fail';
    const as = target.sender === 'customer' && !isForged && !target.isClosed ? 'customer' : 'comment';
    return { kind: 'attach', ticketId: target.ticketId, as, via: 'filter', sorting };
  }
  return isForInbox(where, asks) ? { kind: 'wait', related, sorting } : { ...decision, sorting };
}

/** A rule that names a pool answers the question that the account would ask. */
function isForInbox(where: Sorting['where'], asks: boolean): boolean {
  return where?.do === 'inbox' || (asks && where?.do !== 'ticket');
}

/** What the filters are shown. */
export function factsOf({ mail, body, queued }: Omit<Mail, 'account'>): Facts {
  return {
    from: namesOf([mail.from, mail.sender]),
    to: namesOf([...mail.to, ...mail.cc]),
    subject: mail.subject,
    text: `${body.text}\n${body.quotedText}`,
    headers: mail.headers,
    sizeBytes: queued.size,
    files: mail.attachments.map(({ name }) => name),
  };
}

function namesOf(people: (ParsedMail['from'] | undefined)[]): string[] {
  return people.flatMap((each) => (each ? [each.address, ...(each.name ? [each.name] : [])] : []));
}

async function ticketsOf({ account, mail }: Mail, numbers: number[]): Promise<Map<number, mails.ThreadTicket>> {
  const found = new Map<number, mails.ThreadTicket>();
  if (numbers.length === 0) return found;
  await asSystem(
    account.workspaceId,
    async (tx) => {
      for (const number of new Set(numbers)) {
        const ticket = await mails.ticketOf(tx, { number }, mail.from?.address ?? '');
        if (ticket) found.set(number, ticket);
      }
    },
    { readOnly: true },
  );
  return found;
}
