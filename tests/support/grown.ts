import { addMember, run, type Cast, type Member } from './cast.ts';
import type { TestDatabase } from './database.ts';

type Grown = {
  /** A member who has two of the pools. */
  few: Member;
  /** One that she sees. */
  ticket: string;
};

/**
 * So many tickets, a tenth of them live, in forty pools; each with three messages, events and a mail that left. Grown, not lived:
 * without triggers.
 */
export async function grow({ db, cast }: { db: TestDatabase; cast: Cast }, count: number): Promise<Grown> {
  const { workspaceId } = cast;
  const few = await addMember(workspaceId, 'Frieda Frei', 'member');
  await db.owner`
    insert into lotse.pools (workspace_id, name, position) select ${workspaceId}, 'Pool ' || i, 'a' || i from generate_series(1, 40) i
  `;
  const pools = await db.owner<
    { id: string }[]
  >`select id from lotse.pools where name like 'Pool %' order by name limit 2`;
  for (const { id } of pools) await run(cast.ada, 'pool.setAccess', { pool: id, member: few.memberId, allowed: true });
  await db.owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`
      insert into lotse.tickets (workspace_id, number, subject, pool_id, status, closed_at, created_at)
      select ${workspaceId}, 100000 + i, 'Ticket ' || i,
        (select array_agg(id) from lotse.pools where name like 'Pool %') [1 + i % 40],
        case when i % 10 = 0 then 'open' else 'closed' end, case when i % 10 = 0 then null else now() end,
        now() - i * interval '1 minute'
      from generate_series(1, ${count}::int) i
    `;
    await sql`
      insert into lotse.messages (workspace_id, ticket_id, kind, visibility, body_text, author_contact_id)
      select workspace_id, id, 'message', 'public', 'Text', ${cast.weber} from lotse.tickets, generate_series(1, 3)
    `;
    await sql`
      insert into lotse.events (workspace_id, seq, class, type, ticket_id, actor_kind, audience, payload)
      select workspace_id, 100000 + row_number() over (), 'staff', 'ticket.created', id, 'system', audience, '{}'
      from lotse.tickets, generate_series(1, 3)
    `;
    await sql`
      insert into lotse.outgoing_mails (workspace_id, kind, ticket_id, to_address, state, response, member_id, created_at)
      select workspace_id, 'message', id, 'a@b.example', case number % 500 when 0 then 'failed' when 1 then 'held' else 'sent' end,
        case when number % 1000 < 500 then 'filter.held' else '' end, ${few.memberId}, created_at
      from lotse.tickets
    `;
    await sql`update lotse.workspace_counters set event_seq = 300000 where workspace_id = ${workspaceId}`;
  });
  await db.owner`analyze`;
  const [row] = await db.owner<{ id: string }[]>`
    select t.id from lotse.tickets t join lotse.pool_access a on a.pool_id = t.pool_id where a.member_id = ${few.memberId} limit 1
  `;
  if (!row) throw new Error('She sees no ticket');
  return { few, ticket: row.id };
}
