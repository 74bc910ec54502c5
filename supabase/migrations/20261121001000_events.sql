-- The ledger. History, board, chat, notifications and reports read the same rows; append-only, kept for ever.
--
-- Payloads hold ids and codes. Personal text stands in tables of its own and is joined at delivery, so that it can be
-- erased. Each row is of one class: staff, or customer with a counter per ticket (the workspace's would betray
-- internal activity).

create table lotse.events (
  id bigint generated always as identity primary key,
  workspace_id uuid not null,
  -- Stamped at commit; null is never visible to another transaction.
  seq bigint,
  class text not null check (class in ('staff', 'customer')),
  customer_seq bigint,
  type text not null check (type ~ '^[a-z]+\.[a-zA-Z]+$'),
  ticket_id uuid,
  actor_kind text not null check (actor_kind in ('member', 'contact', 'system')),
  actor_member_id uuid,
  actor_contact_id uuid,
  command_id uuid,
  audience text[] not null,
  payload jsonb not null default '{}',
  created_at timestamptz not null default now(),
  check (class = 'staff' or ticket_id is not null)
  -- No foreign key to the ticket or the actor: the ledger outlives what it tells of.
);

-- Not before it is stamped: an event is written once into each.
create unique index events_seq on lotse.events (workspace_id, seq) where seq is not null;
create index events_ticket on lotse.events (workspace_id, ticket_id, seq) where seq is not null;
create unique index events_customer on lotse.events (ticket_id, customer_seq) where class = 'customer';
create index events_access on lotse.events (workspace_id, seq) where type = 'access.changed';

alter table lotse.events enable row level security;

create function private.actor_kind() returns text
language sql stable parallel safe
return case
  when private.setting('member') is not null then 'member'
  when private.setting('contact') is not null or private.setting('link') is not null then 'contact'
  else 'system'
end;

-- Whoever loses sight of a ticket is told so in the same transaction, whichever verb did it; whoever gains it gets the
-- whole card with the verb's own event, which goes to the new audience. Customers likewise.
create function private.tell_change_of_sight() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  lost text[];
begin
  select coalesce(array_agg(room), '{}') into lost
  from unnest(old.audience) room
  where room <> all (new.audience);
  if cardinality(lost) > 0 then
    insert into lotse.events (workspace_id, class, type, ticket_id, actor_kind, actor_member_id, command_id, audience, payload)
    values (
      new.workspace_id, 'staff', 'ticket.left', new.id, private.actor_kind(), private.member(), private.setting('command'), lost,
      jsonb_build_object('data', jsonb_build_object('ticket', new.id))
    );
  end if;
  if old.visibility = 'public' and new.visibility = 'internal' then
    insert into lotse.events (workspace_id, class, type, ticket_id, actor_kind, command_id, audience, payload)
    values (new.workspace_id, 'customer', 'ticket.left', new.id, 'system', private.setting('command'), array['customer:' || new.id], '{}');
  end if;
  return null;
end
$$;

create trigger tickets_sight after update on lotse.tickets
for each row when (not (old.audience <@ new.audience) or old.visibility is distinct from new.visibility)
execute function private.tell_change_of_sight();

-- Stamps at commit, so that no reader ever sees seq 8 before 7: the counter's row lock is held from here to the end of
-- the commit only.
create function private.stamp_event() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  next_seq bigint;
begin
  if new.class = 'staff' then
    with counter as (
      update lotse.workspace_counters c
      set event_seq = c.event_seq + 1
      where c.workspace_id = new.workspace_id
      returning c.event_seq
    )
    update lotse.events e set seq = counter.event_seq from counter where e.id = new.id;
    if not found then
      perform private.refuse('workspace.notFound');
    end if;
    return null;
  end if;
  -- Two statements: the second must see what was committed while the first waited.
  update lotse.workspace_counters c
  set event_seq = c.event_seq + 1
  where c.workspace_id = new.workspace_id
  returning c.event_seq into next_seq;
  if not found then
    perform private.refuse('workspace.notFound');
  end if;
  update lotse.events e
  set
    seq = next_seq,
    customer_seq = (
      select coalesce(max(x.customer_seq), 0) + 1
      from lotse.events x
      where x.ticket_id = new.ticket_id and x.class = 'customer'
    )
  where e.id = new.id;
  return null;
end
$$;

create constraint trigger events_stamp after insert on lotse.events
deferrable initially deferred
for each row execute function private.stamp_event();

-- What a command's author is told: the highest seq of its events that reach him. Customers count by their ticket's own
-- counter: the workspace's would tell them how busy the desk is. One round trip after the commit, without a lock.
create function private.seq_of(event_ids bigint[], for_class text) returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (
    select coalesce(max(case for_class when 'customer' then e.customer_seq else e.seq end), 0)
    from lotse.events e
    where e.id = any (event_ids) and e.class = for_class
  );
end
$$;

create function private.keep_event() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  -- Only private.stamp_event may, once; it runs while others wait, so whether it kept the rest is asked column by column.
  if tg_op = 'UPDATE' and old.seq is null and new.seq is not null
    and (new.id, new.workspace_id, new.class, new.type, new.ticket_id, new.actor_kind, new.actor_member_id, new.actor_contact_id,
      new.command_id, new.audience, new.payload, new.created_at)
    is not distinct from (old.id, old.workspace_id, old.class, old.type, old.ticket_id, old.actor_kind, old.actor_member_id, old.actor_contact_id,
      old.command_id, old.audience, old.payload, old.created_at) then
    return new;
  end if;
  -- A workspace may be deleted whole.
  if tg_op = 'DELETE' and not exists (select from lotse.workspaces w where w.id = old.workspace_id) then
    return old;
  end if;
  perform private.refuse('row.immutable');
  return null;
end
$$;

create trigger events_append_only before update or delete on lotse.events
for each row execute function private.keep_event();

create function private.forget_workspace() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from lotse.commands c where c.workspace_id = old.id;
  delete from lotse.events e where e.workspace_id = old.id;
  return null;
end
$$;

create trigger workspaces_forget after delete on lotse.workspaces
for each row execute function private.forget_workspace();

create function private.keep_all_events() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.refuse('row.immutable');
  return null;
end
$$;

create trigger events_no_truncate before truncate on lotse.events
for each statement execute function private.keep_all_events();

grant select, insert on lotse.events to lotse_system;
grant select on lotse.events to lotse_member;
grant select (workspace_id, class, customer_seq, type, ticket_id, actor_kind, actor_member_id, actor_contact_id, command_id, payload, created_at)
  on lotse.events to lotse_customer;

create policy system_all on lotse.events to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

-- History shows what the ticket's present state allows; what has no ticket is the administrators' log.
create policy staff_select on lotse.events for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and class = 'staff'
  and case
    when ticket_id is null then (select private.is_administrator())
    else exists (select from lotse.tickets t where t.id = ticket_id)
  end
);

create policy customer_select on lotse.events for select to lotse_customer
using (
  class = 'customer'
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

revoke execute on all functions in schema private from public;
grant execute on function private.actor_kind to lotse_system;
grant usage on schema private to lotse_app;
grant execute on function private.seq_of to lotse_app;
