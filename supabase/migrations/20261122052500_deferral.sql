-- Out of active planning until a date, or until a customer answers (infinity): a board sorts such tickets last.
alter table lotse.tickets add column deferred_until timestamptz;

create index tickets_deferred on lotse.tickets (deferred_until) where deferred_until is not null;

-- What a public message was written for, where that is more than an answer.
create domain lotse.message_occasion as text check (value in ('', 'question', 'interim', 'statement', 'forward'));
alter table lotse.messages add column occasion lotse.message_occasion not null default '';

grant update (deferred_until) on lotse.tickets to lotse_member;
grant insert (occasion) on lotse.messages to lotse_member;
grant select (occasion) on lotse.messages to lotse_customer;

-- "answer", a time, or null.
create function private.deferral(until timestamptz) returns text
language sql stable parallel safe
return case when until = 'infinity' then 'answer' else private.iso(until) end;

-- An ended ticket waits for nobody, whichever verb ended it.
create function private.end_deferral() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.deferred_until := null;
  return new;
end
$$;

create trigger tickets_deferral before update of status on lotse.tickets
for each row when (new.status in ('closed', 'cancelled') and new.deferred_until is not null)
execute function private.end_deferral();

create or replace function private.card(t lotse.tickets) returns jsonb
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
  'deferred', private.deferral(t.deferred_until),
  'created', private.iso(t.created_at),
  'waiting', private.iso(t.waiting_since),
  'lastCustomer', private.iso(t.last_customer_at),
  'lastMessage', private.iso(t.last_message_at)
);

revoke execute on all functions in schema private from public;
grant execute on function private.deferral to lotse_member, lotse_system;
