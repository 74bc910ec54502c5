-- All events of a transaction are stamped by the first call of the deferred trigger: one look at the counter whose lock all
-- others of the workspace wait for, and one statement over the rows, instead of both for each event.
--
-- Its plans are made once and by index: a new ledger has no statistics, and between two ids PostgreSQL would plan anew each
-- time, which took longer than the rest.
create or replace function private.stamp_event() returns trigger
language plpgsql security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  ids bigint[];
  places_in_ticket bigint[];
  last_seq bigint;
begin
  if new.seq is not null then
    perform private.refuse('row.immutable');
  end if;
  -- Nobody else sees an event without a number. Ours lie between the first, whose trigger is called first, and the last
  -- that this session drew.
  select array_agg(mine.id order by mine.id), array_agg(mine.place_in_ticket order by mine.id)
  into ids, places_in_ticket
  from (
    select e.id,
      case e.class when 'customer' then row_number() over (partition by e.class, e.ticket_id order by e.id) end as place_in_ticket
    from lotse.events e
    where e.id between new.id and currval('lotse.events_id_seq')
      and e.workspace_id = new.workspace_id
      and e.seq is null
  ) mine;
  if ids is null then
    return null;
  end if;
  update lotse.workspace_counters c
  set event_seq = c.event_seq + cardinality(ids)
  where c.workspace_id = new.workspace_id
  returning c.event_seq into last_seq;
  if not found then
    perform private.refuse('workspace.notFound');
  end if;
  -- A statement of its own: it must see what was committed while the counter was waited for.
  update lotse.events e
  set
    seq = last_seq - cardinality(ids) + mine.place,
    customer_seq = case when e.class = 'customer' then mine.place_in_ticket + (
      select coalesce(max(x.customer_seq), 0)
      from lotse.events x
      where x.ticket_id = e.ticket_id and x.class = 'customer'
    ) end
  from unnest(ids, places_in_ticket) with ordinality mine (id, place_in_ticket, place)
  where e.id = mine.id;
  return null;
end
$$;

revoke execute on all functions in schema private from public;
