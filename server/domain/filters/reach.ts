import type { TransactionSql } from '#server/database/pool.ts';

/** A ticket was made of it. Over `m` (mails). */
export const opensTicket = (sql: TransactionSql) =>
  sql`m.reason in ('ticket.created', 'ticket.created, closed', 'ticket.created, maybe', 'filter.ticket')`;

/**
 * Mail that comes to the actor: on a ticket that is his or his group's, new in a pool he may claim from, waiting in an inbox he may
 * look into. Over `m` (mails) and `t` (tickets), read as himself.
 */
export const comesToMe = (sql: TransactionSql) => sql`(
  m.state = 'waiting'
  or t.responsible_member_id = (select private.member())
  or (select private.member()) = any (t.owner_ids)
  or t.responsible_group_id = any ((select private.groups())::uuid[])
  or (${opensTicket(sql)} and t.pool_id = any ((select private.pools())::uuid[]))
)`;
