import type { Action } from '#lib/shared/filter-actions.ts';
import { sort, type Facts, type Sorting } from '#lib/shared/filters.ts';
import { asSystem } from '#server/database/actor.ts';
import type { Asked, Rule } from '#server/domain/filters.ts';
import * as mails from '#server/domain/mails.ts';
import type { Decision, Sorted } from './decision.ts';
import type { Incoming } from './file-mail.ts';
import type { ParsedMail } from './parsed.ts';
import { isDoubted } from './sender-proof.ts';
import { numberIn } from './thread.ts';

type Mail = Pick<Incoming, 'account' | 'mail'> & {
  queued: { size: number };
  body: { text: string; quotedText: string };
};

/**
 * What the desk's own settings make of a decision: its filters, and whether the account asks first. What belongs to a ticket
 * goes there, whatever they say.
 */
export async function sorted(incoming: Mail, decision: Decision, rules: readonly Rule[]): Promise<Decision> {
  if (decision.kind !== 'open') return decision;
  const { related } = decision;
  const asks = incoming.account.asksFirst;
  const filters = rules.filter(({ memberId }) => memberId === null);
  if (filters.length === 0) return asks ? { kind: 'wait', related } : decision;
  const sorting = withNumbers(sort(filters, factsOf(incoming)), incoming.mail.subject);
  const { where, copies, ...said } = sorting;
  const found = await ticketsOf(incoming, [...copies, ...(where?.do === 'move' ? [where.number] : [])]);
  const copied = copies.flatMap((number) => found.get(number)?.ticketId ?? []);
  const made: Sorted = { ...said, pool: where?.do === 'ticket' ? where.pool : null, copies: copied };
  if (where?.do === 'ignore') return { kind: 'ledger', ticketId: null, reason: 'filter.ignored', sorting: made };
  const target = where?.do === 'move' ? found.get(where.number) : undefined;
  // A rule is no proof of who wrote: only a customer of the ticket speaks there, anybody else's mail is the team's to read.
  if (target) {
    const isForged = isDoubted(incoming.mail, incoming.account.authservId);
    const as = target.sender === 'customer' && !isForged && !target.isClosed ? 'customer' : 'comment';
    return { kind: 'attach', ticketId: target.ticketId, as, via: 'filter', sorting: made };
  }
  return isForInbox(where, asks) ? { kind: 'wait', related, sorting: made } : { ...decision, sorting: made };
}

/** A rule that names a pool answers the question that the account would ask. */
function isForInbox(where: Numbered['where'], asks: boolean): boolean {
  return where?.do === 'inbox' || (asks && where?.do !== 'ticket');
}

type Move = { do: 'move'; number: number };
export type Numbered = Omit<Sorting, 'where' | 'copies'> & {
  where: Exclude<Sorting['where'], { do: 'move' }> | Move;
  copies: number[];
};

/** "The ticket that the subject names" by its number; where it names none, nothing is said. */
export function withNumbers({ where, copies, ...rest }: Sorting, subject: string): Numbered {
  const named = numberIn(subject);
  const of = (target: number | 'named') => (target === 'named' ? named : target);
  const moved = where?.do === 'move' ? of(where.number) : null;
  return {
    ...rest,
    where: where?.do !== 'move' ? where : moved === null ? null : { do: 'move', number: moved },
    copies: copies.flatMap((target) => of(target) ?? []),
  };
}

/** What people's own rules want done, whoever's mail it is; whether it comes to them is asked when it is done. */
export function ownWishes(rules: readonly Rule[], { facts, subject }: { facts: Facts; subject: string }): Asked[] {
  const byOwner = Map.groupBy(rules, ({ memberId }) => memberId);
  return [...byOwner].flatMap(([memberId, own]) => {
    if (memberId === null) return [];
    const { where, copies, tags, priority, names } = withNumbers(sort(own, facts), subject);
    const actions: Action[] = [
      ...(where ? [where] : []),
      ...copies.map((number) => ({ do: 'copy' as const, number })),
      ...tags.map((tag) => ({ do: 'tag' as const, tag })),
      ...(priority ? [{ do: 'priority' as const, priority }] : []),
    ];
    return actions.length > 0 ? [{ memberId, names, actions }] : [];
  });
}

/** What the filters are shown. */
export function factsOf({ mail, body, queued }: Omit<Mail, 'account'>): Facts {
  return {
    from: namesOf([mail.from, mail.handedOnBy, mail.sender]),
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
