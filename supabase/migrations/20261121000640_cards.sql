-- A ticket as the board shows it.

-- Times on the wire: ISO 8601 in UTC with milliseconds, as JavaScript writes them.
create function private.iso(at timestamptz) returns text
language sql stable parallel safe
return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- The codes of a card, as every event of a ticket carries them (src/lib/shared/board.ts reads them): applying an event
-- twice, or after a later one was lost and caught up, ends in the same card.
create function private.card(t lotse.tickets) returns jsonb
language sql stable parallel safe
return jsonb_build_object(
  'id', t.id,
  'number', t.number,
  'pool', t.pool_id,
  'status', t.status,
  'visibility', t.visibility,
  'priority', t.priority,
  'channel', t.channel,
  'tags', t.tags,
  'requester', t.requester_id,
  'member', t.responsible_member_id,
  'group', t.responsible_group_id,
  'owners', t.owner_ids,
  'due', private.iso(t.due_at),
  'created', private.iso(t.created_at),
  'waiting', private.iso(t.waiting_since),
  'lastCustomer', private.iso(t.last_customer_at),
  'lastMessage', private.iso(t.last_message_at)
);

revoke execute on all functions in schema private from public;
grant execute on function private.iso to lotse_member, lotse_customer, lotse_system;
grant execute on function private.card to lotse_system;
