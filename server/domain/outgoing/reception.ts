import type { TransactionSql } from '#server/database/pool.ts';

/** A confirmation waits so long for mail that comes in, and no longer, however much there is. */
const mostSeconds = 60;

/**
 * Reception goes before what nobody wrote: while mails wait to be read and filed, confirmations wait, as a condition over `o`
 * (outgoing_mails), whosever they are: all share the processors. One that somebody's answer to the same customer follows goes at once, so that both come in their order.
 */
export function hasItsTurn(sql: TransactionSql) {
  return sql`
    and (
      o.kind <> 'confirmation'
      -- Later than now: the clock was put back since.
      or o.created_at not between now() - make_interval(secs => ${mostSeconds}) and now()
      or not exists (
        select from lotse.mails m
        where m.state in ('stored', 'parsed', 'threaded') and not m.fetch_again and m.next_attempt_at <= now()
      )
      or (o.ticket_id, o.contact_id) in (
        select p.ticket_id, p.contact_id
        from lotse.outgoing_mails p
        where p.state = 'queued' and p.kind <> 'confirmation' and p.next_attempt_at <= now()
          and p.ticket_id is not null and p.contact_id is not null
      )
    )
  `;
}
