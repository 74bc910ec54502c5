import type { Act } from '../act.ts';

type Answer = {
  ticket: string;
  /** Null: the actor himself. */
  contact?: string | null;
  /** An agent has the ticket open while the customer chats: nobody needs to be called. */
  isAttended?: boolean;
};

type Before = { priority: string; deferred: string | null; isAnswer: boolean };

/**
 * A customer spoke. He waits from now on; and where it answers the team, or what a ticket was deferred for, the deferral ends
 * and the ticket is the first to be worked on.
 */
export async function answered(act: Act, { ticket, contact = null, isAttended = false }: Answer): Promise<void> {
  const changed = await act.system(async (sql) => {
    const [before] = await sql<Before[]>`
      select priority, private.deferral(deferred_until) as deferred,
        (first_answered_at is not null or deferred_until is not null) as is_answer
      from lotse.tickets
      where id = ${ticket}
      for no key update
    `;
    if (!before) return null;
    const priority = before.isAnswer && !isAttended ? 'urgent' : before.priority;
    await sql`
      update lotse.tickets
      set
        last_message_at = now(),
        last_customer_at = now(),
        waiting_since = coalesce(waiting_since, now()),
        priority = ${priority},
        deferred_until = null
      where id = ${ticket}
    `;
    return changesOf(before, { priority, deferred: null });
  });
  if (!changed || changed.fields.length === 0) return;
  act.record({ type: 'ticket.answered', ticket, data: changed, ...(contact ? { contact } : {}) });
}

type Codes = { priority: string; deferred: string | null };

function changesOf(before: Codes, after: Codes) {
  const fields = (['priority', 'deferred'] as const).filter((field) => before[field] !== after[field]);
  const only = (codes: Codes) => Object.fromEntries(fields.map((field) => [field, codes[field]]));
  return { fields, before: only(before), after: only(after) };
}
