import { setImmediate } from 'node:timers/promises';
import { sift, type Filters, type Siftable } from '#lib/shared/filter.ts';
import type { Tx } from '#server/database/actor.ts';

/** So many cards are judged before others have their turn. */
const perSlice = 500;

type Row = Siftable & { id: string; read: string | null };

/**
 * Which of all live tickets pass the filters. Judged by the very function that judges them in the browser: accents and cases
 * folded in SQL would be another answer for some names.
 */
export async function siftedIds({ sql, actor }: Tx, filters: Filters): Promise<string[]> {
  const me = actor.kind === 'member' ? actor.memberId : '';
  const passed: string[] = [];
  const rows = sql<Row[]>`
    select
      t.id, t.number, t.subject, coalesce(c.name, '') as customer, t.tags, t.priority, t.channel, t.responsible_member_id as member,
      t.owner_ids as owners, t.waiting_since as waiting, t.last_customer_at as last_customer, r.read_at as read
    from lotse.tickets t
    left join lotse.contacts c on c.id = t.requester_id
    left join lotse.ticket_reads r on r.ticket_id = t.id and r.member_id = (select private.member())
    where t.status not in ('closed', 'cancelled')
  `.cursor(perSlice);
  for await (const slice of rows) {
    const eyes = {
      me,
      isUnread: ({ lastCustomer, read }: Row) => lastCustomer !== null && (read === null || read < lastCustomer),
    };
    passed.push(...sift(slice, filters, eyes).map(({ id }) => id));
    await setImmediate();
  }
  return passed;
}
