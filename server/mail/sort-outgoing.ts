import { sort } from '#lib/shared/filters.ts';
import { activeFilters, type Rule } from '#server/domain/filters.ts';
import { isAutomatic, type Due, type Ruled } from '#server/domain/outgoing.ts';
import { reportUnexpected } from '#server/log.ts';
import { readMail, UnreadableMail } from './parse.ts';
import { factsOf, ownWishes, withNumbers } from './sort.ts';

export type Leaving = { due: Due; bytes: Buffer };

/** What rules make of mails that are about to leave, by their ids; of those that no rule means nothing. Once for each mail, when it is built. */
export async function ruled(leaving: Leaving[]): Promise<Map<string, Ruled>> {
  const found = new Map<string, Ruled>();
  const meant = leaving.filter(({ due }) => due.hasRules && due.ticketId !== null);
  for (const [workspaceId, mails] of Map.groupBy(meant, ({ due }) => due.workspaceId)) {
    if (workspaceId === null) continue;
    const rules = await activeFilters(workspaceId, 'out');
    for (const mail of mails) {
      const made = await ruledOne(mail, rules);
      if (made) found.set(mail.due.id, made);
    }
  }
  return found;
}

async function ruledOne({ due, bytes }: Leaving, rules: Rule[]): Promise<Ruled | null> {
  try {
    const read = await readMail(bytes);
    const facts = factsOf({ ...read, queued: { size: bytes.length } });
    const { subject } = read.mail;
    const team = rules.filter(({ memberId }) => memberId === null);
    const { where, ...said } = withNumbers(sort(team, facts), subject);
    const wishes = due.ticketMessageId ? ownWishes(rules, { facts, subject }) : [];
    if (said.names.length === 0 && wishes.length === 0) return null;
    const isStopped = where?.do === 'hold' || (where?.do === 'silent' && isAutomatic(due.kind));
    const stops = isStopped ? (where.do === 'hold' ? 'hold' : 'silent') : null;
    return { ...said, stops, files: facts.files, wishes };
  } catch (error) {
    if (!(error instanceof UnreadableMail)) throw error;
    // A mail of ours that our own reader gives up on: no rule keeps it from its customer.
    reportUnexpected(error, { part: 'mail', outgoingId: due.id });
    return null;
  }
}
