import type { Decision } from './decision.ts';
import type { Incoming } from './file-mail.ts';

/** What the desk's own settings make of a decision. What belongs to a ticket goes there, whatever they say. */
export function sorted({ account }: Pick<Incoming, 'account'>, decision: Decision): Decision {
  if (decision.kind !== 'open' || !account.asksFirst) return decision;
  return { kind: 'wait', related: decision.related };
}
