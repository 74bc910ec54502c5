import type { History, HistoryEntry } from '#lib/shared/history.ts';
import type { Tx } from '#server/database/actor.ts';

/** What the ledger keeps for screens alone: whom a ticket left, and how far somebody has read (views say that better). */
const technical = ['ticket.left', 'ticket.read'];
const pageLength = 100;
const cursorShape = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ([ev]\d{1,18})$/;

/** Anything else reads from the start, as does a time that no calendar has. */
function isCursor(cursor: string | undefined): cursor is string {
  const time = Date.parse(cursor?.split(' ', 1)[0] ?? '');
  // The 30th of February is read as the 2nd of March.
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 19) === cursor?.slice(0, 19);
}

type Options = { cursor?: string | undefined; most?: number };

type Row = Omit<HistoryEntry, 'names'>;

/** Everything that happened to a ticket and everybody who looked, newest first, under the reader's rights of now. */
export async function history(tx: Tx, ticketId: string, { cursor, most = pageLength }: Options = {}): Promise<History> {
  const [, at = null, id = null] = isCursor(cursor) ? (cursorShape.exec(cursor) ?? []) : [];
  const rows = await tx.sql<Row[]>`
    select h.id, private.iso(h.at) as at, h.type, h.data,
      jsonb_build_object('kind', h.kind, 'id', coalesce(h.member_id, h.contact_id), 'name', coalesce(m.name, c.name, '')) as author
    from (
      select 'e' || lpad(e.id::text, 12, '0') as id, e.created_at as at, e.type, e.actor_kind as kind, e.actor_member_id as member_id,
        e.actor_contact_id as contact_id, coalesce(e.payload -> 'data', '{}') as data
      from lotse.events e
      where e.ticket_id = ${ticketId} and e.seq is not null and e.class = 'staff' and e.type <> all (${technical})
      union all
      select 'v' || lpad(v.id::text, 12, '0'), v.viewed_at, 'ticket.viewed', case when v.contact_id is null then 'member' else 'contact' end,
        v.member_id, v.contact_id, '{}'
      from lotse.ticket_views v
      where v.ticket_id = ${ticketId}
    ) h
    left join lotse.members m on m.id = h.member_id
    left join lotse.contacts c on c.id = h.contact_id
    where ${at}::timestamptz is null or (private.iso(h.at), h.id) < (${at}, ${id})
    order by private.iso(h.at) desc, h.id desc
    limit ${most + 1}
  `;
  const page = rows.slice(0, most);
  const names = await namesIn(tx, page);
  const entries = page.map((row) => ({ ...row, names: pick(names, idsIn(row.data)) }));
  const last = entries.at(-1);
  return { entries, next: rows.length > most && last ? `${last.at} ${last.id}` : null };
}

/** All of it, oldest first; of an endless one the latest 20,000 entries. */
export async function wholeHistory(tx: Tx, ticketId: string): Promise<HistoryEntry[]> {
  const all: HistoryEntry[] = [];
  let cursor: string | undefined;
  do {
    const { entries, next } = await history(tx, ticketId, { cursor, most: 1000 });
    all.push(...entries);
    cursor = next ?? undefined;
  } while (cursor && all.length < 20_000);
  return all.reverse();
}

/** What ids are called, looked up under the reader's rights: what he may not know, or what is gone, has no name here. */
async function namesIn({ sql }: Tx, rows: Row[]): Promise<Map<string, string>> {
  const ids = [...new Set(rows.flatMap(({ data }) => idsIn(data)))];
  if (ids.length === 0) return new Map();
  const found = await sql<{ id: string; name: string }[]>`
    select id, name from lotse.members where id = any (${ids}::uuid[])
    union all
    select id, name from lotse.groups where id = any (${ids}::uuid[])
    union all
    select id, name from lotse.pools where id = any (${ids}::uuid[])
    union all
    select id, name from lotse.contacts where id = any (${ids}::uuid[])
    union all
    select id, name from lotse.files where id = any (${ids}::uuid[])
    union all
    select id, to_address from lotse.outgoing_mails where id = any (${ids}::uuid[])
    union all
    select l.id, c.name
    from lotse.ticket_links l
    join lotse.contacts c on c.id = l.contact_id
    where l.id = any (${ids}::uuid[])
  `;
  return new Map(found.map(({ id, name }) => [id, name]));
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function idsIn(value: unknown): string[] {
  if (typeof value === 'string') return uuid.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(idsIn) : [];
}

function pick(names: Map<string, string>, ids: string[]): Record<string, string> {
  return Object.fromEntries(ids.map((id) => [id, names.get(id) ?? '']).filter(([, name]) => name));
}
