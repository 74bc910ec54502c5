import type postgres from 'postgres';
import type { EventData, EventType } from '#lib/shared/events.ts';
import type { TransactionSql } from '#server/database/pool.ts';

type Draft<T extends EventType> = {
  type: T;
  data: EventData[T];
  /** Of a ticket: the event then carries the ticket's card and goes to the ticket's audience. */
  ticket?: string;
  /** Rooms, where the event has no ticket or concerns some of its audience only: then it carries no card. */
  audience?: string[];
  /** Also for the ticket's customers, with this as its data, while the ticket is public. */
  customer?: Record<string, unknown>;
  /** The team heard of it before. */
  isForCustomerOnly?: boolean;
  /** A mail is written by its sender, though the system or a colleague files it. */
  contact?: string;
};

export type EventDraft = { [T in EventType]: Draft<T> }[EventType];

/** Rooms that are no ticket's. `staff` is every member of the workspace. */
export const rooms = {
  staff: 'staff',
  moderators: 'moderators',
  pool: (id: string) => `pool:${id}`,
  member: (id: string) => `member:${id}`,
  group: (id: string) => `group:${id}`,
  customer: (ticketId: string) => `customer:${ticketId}`,
};

type Appending = {
  drafts: EventDraft[];
  /** The command that is done with these events, and its result: what is answered when it is sent again. */
  command: { id: string; result: unknown } | null;
};

/**
 * Appends to the ledger and stores the command's answer in one statement, as lotse_system and in order. Returns the rows'
 * ids; their seq is stamped at commit.
 */
export async function append(sql: TransactionSql, { drafts, command }: Appending): Promise<number[]> {
  const rows = drafts.flatMap(rowsOf);
  const [appended] = await sql<{ ids: number[] }[]>`
    with appended as (
      insert into lotse.events (
        workspace_id, class, type, ticket_id, actor_kind, actor_member_id, actor_contact_id, command_id, audience, payload
      )
      select
        coalesce((found.t).workspace_id, private.workspace()),
        e.class,
        e.type,
        e.ticket,
        case when e.contact is null then private.actor_kind() else 'contact' end,
        case when e.contact is null then private.member() end,
        coalesce(e.contact, case when private.actor_kind() = 'contact' then private.customer() end),
        private.setting('command'),
        coalesce(e.audience, case when e.class = 'customer' then array['customer:' || e.ticket] else (found.t).audience end),
        case
          when e.class = 'staff' and e.audience is null then jsonb_build_object('card', private.card(found.t), 'data', e.data)
          else jsonb_build_object('data', e.data)
        end
      from jsonb_to_recordset(${sql.json(rows as postgres.JSONValue)}) as e (
        place int, class text, type text, ticket uuid, contact uuid, audience text[], data jsonb
      )
      -- One look-up by key for each row: as a plain join the planner read all tickets there are (1.4 ms at 1,000).
      left join lateral (select t from lotse.tickets t where t.id = e.ticket limit 1) found on true
      where e.class = 'staff' or (found.t).visibility = 'public'
      order by e.place
      returning id
    ),
    ids as (select coalesce(array_agg(id order by id), '{}') as ids from appended),
    answered as (
      update lotse.commands c
      set answer = jsonb_build_object('result', ${sql.json((command?.result ?? null) as postgres.JSONValue)}::jsonb, 'eventIds', to_jsonb(ids.ids))
      from ids
      where c.workspace_id = private.workspace()
        and c.actor = private.actor_key()
        and c.id = ${command?.id ?? null}
    )
    select ids::bigint[] as ids from ids
  `;
  return (appended?.ids ?? []).map(Number);
}

function rowsOf(draft: EventDraft, index: number) {
  const { type, data, ticket = null, audience = null, contact = null, customer, isForCustomerOnly } = draft;
  const staff = { place: index * 2, class: 'staff', type, ticket, contact, audience, data };
  if (!customer) return [staff];
  const theirs = { ...staff, place: index * 2 + 1, class: 'customer', audience: null, data: customer };
  return isForCustomerOnly ? [theirs] : [staff, theirs];
}
