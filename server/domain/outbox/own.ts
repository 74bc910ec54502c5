import type { Tx } from '#server/database/actor.ts';
import type { OutgoingMail } from '../outbox.ts';

/** A mail that its agent looks after. */
export type OwnMail = Omit<OutgoingMail, 'ticket'> & {
  ticket: number;
  ticketId: string;
  contactId: string | null;
  message: string | null;
  /** Since when a server keeps it waiting. */
  delayedSince: string | null;
  /** It waits to be taken back, with its words, by who wrote it. */
  isReturnable: boolean;
  mayWork: boolean;
};

type OwnShow = 'open' | 'sent';

const mostShown = 100;

/**
 * What the reader caused or is responsible for, as far as he still sees its ticket: what is under way or went wrong, or what left. The
 * latest first.
 */
export function ownOutgoing({ sql }: Tx, show: OwnShow): Promise<OwnMail[]> {
  // As the index has it, word by word.
  const isOpen = sql`o.noted_at is null and o.state in ('queued', 'sending', 'held', 'failed', 'unknown', 'bounced')`;
  const isShown = show === 'open' ? isOpen : sql`o.noted_at is null and o.state = 'sent'`;
  return sql<OwnMail[]>`
    select
      o.id, o.kind, o.state, o.to_address, t.subject, t.number as ticket, t.id as ticket_id,
      o.contact_id, o.ticket_message_id as message, o.attempts, o.next_attempt_at, o.response, o.created_at, o.sent_at, o.delayed_since,
      coalesce(o.kind = 'message' and said.shown_at > now() and said.author_member_id = private.member(), false) as is_returnable,
      private.may_work(t.id) as may_work
    from (
      (
        select o.id
        from lotse.outgoing_mails o
        where o.member_id = private.member() and o.ticket_id is not null and ${isShown}
        order by o.created_at desc, o.id desc
        limit ${mostShown}
      )
      union
      (
        select o.id
        from lotse.tickets t
        join lotse.outgoing_mails o on o.ticket_id = t.id
        where t.responsible_member_id = private.member() and ${isShown}
        order by o.created_at desc, o.id desc
        limit ${mostShown}
      )
    ) mine
    join lotse.outgoing_mails o on o.id = mine.id
    join lotse.tickets t on t.id = o.ticket_id
    left join lotse.messages said on said.id = o.ticket_message_id
    order by o.created_at desc, o.id desc
    limit ${mostShown}
  `;
}

/** The rail says "99+" for more. */
const mostCounted = 100;

/** What stands on the rail: how many of them need him. Asked with every page; the condition is that of its index. */
export async function ownTroubled({ sql }: Tx): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int
    from (
      select
      from lotse.outgoing_mails o
      join lotse.tickets t on t.id = o.ticket_id
      where (o.member_id = private.member() or t.responsible_member_id = private.member())
        and o.noted_at is null
        and (o.state in ('failed', 'unknown', 'bounced') or (o.state = 'held' and o.response <> ''))
      limit ${mostCounted}
    ) mine
  `;
  return row?.count ?? 0;
}
