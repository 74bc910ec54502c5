import type { Sorting } from '#lib/shared/filters.ts';
import type { Hint } from './thread.ts';

/** A hint the database could follow. `sender` is who the From address is to this ticket, before any doubt about it. */
export type Candidate = {
  hint: Hint;
  ticketId: string;
  isClosed: boolean;
  sender: 'customer' | 'agent' | 'stranger';
  /** Set for an agent. */
  memberId?: string | null;
};

export type SenderFacts = {
  /** The From address did not stand up to DMARC at our own server, or is a list's word for who wrote: nobody is who he says. */
  isForged: boolean;
  /** It did stand up to it. */
  isProven?: boolean;
  isAutomatic: boolean;
  /** A delivery report of any kind. */
  isReport: boolean;
  /** Proven our own mail. */
  isOwn: boolean;
};

/** What the workspace's filters make of a mail beside its place. `copies` are tickets. */
export type Sorted = Pick<Sorting, 'tags' | 'priority' | 'names'> & { pool: string | null; copies: string[] };

export type Decision =
  | {
      kind: 'attach';
      ticketId: string;
      as: 'customer' | 'agent' | 'unverified';
      /** `again`: the ticket was made when it could not be read. */
      via: Hint['by'] | 'again';
      /** The colleague who wrote it, where his address stood up to DMARC and he held a token of ours. */
      member?: string;
      sorting?: Sorted;
    }
  /** A filter said so: as its customer's words, or as a comment that no customer sees. */
  | { kind: 'attach'; ticketId: string; as: 'customer' | 'comment'; via: 'filter'; member?: never; sorting: Sorted }
  | { kind: 'open'; related: { ticketId: string; why: 'closed' | 'maybe' } | null; sorting?: Sorted }
  /** Its account asks first: a person decides, in the inbox. */
  | { kind: 'wait'; related: { ticketId: string; why: 'closed' | 'maybe' } | null; sorting?: Sorted }
  /** Nothing but the ledger row: it says what it concerned and why it went no further. */
  | { kind: 'ledger'; ticketId: string | null; reason: 'own' | 'report' | 'closed'; sorting?: never }
  | { kind: 'ledger'; ticketId: null; reason: 'filter.ignored'; sorting: Sorted };

/**
 * The gate of section 1 of the mail rules. Candidates come in the order of `threadHints`; the first that may be
 * believed decides. An unverified writer is shown as such, becomes no requester, and widens no Cc.
 */
export function decide(candidates: Candidate[], facts: SenderFacts): Decision {
  const first = candidates[0]?.ticketId ?? null;
  if (facts.isOwn) return { kind: 'ledger', ticketId: first, reason: 'own' };
  if (facts.isReport) return { kind: 'ledger', ticketId: first, reason: 'report' };
  const believed = candidates.find((candidate) => isBelieved(candidate, facts));
  if (!believed) return { kind: 'open', related: first === null ? null : { ticketId: first, why: 'maybe' } };
  const { ticketId, isClosed, hint } = believed;
  const as = roleOf(believed, facts);
  // A member's comment is internal, and a closed ticket still takes those.
  const member = as === 'agent' && facts.isProven && isToken(hint) ? believed.memberId : null;
  if (!isClosed || as === 'agent') return { kind: 'attach', ticketId, as, via: hint.by, ...(member ? { member } : {}) };
  if (facts.isAutomatic) return { kind: 'ledger', ticketId, reason: 'closed' };
  return { kind: 'open', related: { ticketId, why: 'closed' } };
}

/**
 * Holding a token or an id of ours is enough to write; a foreign id or a number needs to come from a customer of the
 * ticket. A member's address is too easily claimed to open tickets by their number.
 */
function isBelieved(candidate: Candidate, facts: SenderFacts): boolean {
  return isToken(candidate.hint) || roleOf(candidate, facts) === 'customer';
}

/** Keyed by us: whoever has it holds a mail of ours. */
function isToken({ by }: Hint): boolean {
  return by === 'address' || by === 'ownId';
}

function roleOf({ sender }: Candidate, { isForged }: SenderFacts): 'customer' | 'agent' | 'unverified' {
  return isForged || sender === 'stranger' ? 'unverified' : sender;
}
