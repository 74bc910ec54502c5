import type { Line } from '#lib/shared/opened.ts';
import type { Tx } from '#server/database/actor.ts';

type Wanted = {
  /** Only this customer's. */
  requester?: string;
  except?: string;
  most?: number;
};

/** Tickets that the reader may see, open and ended, newest first. */
export function list({ sql }: Tx, { requester, except, most = 50 }: Wanted = {}): Promise<Line[]> {
  return sql<Line[]>`
    select t.number, t.subject, t.status, t.created_at
    from lotse.tickets t
    where true
      ${requester ? sql`and t.requester_id = ${requester}` : sql``}
      ${except ? sql`and t.id <> ${except}` : sql``}
    order by t.created_at desc, t.id
    limit ${Math.min(most, 200)}
  `;
}
