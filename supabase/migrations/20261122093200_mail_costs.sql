-- What a mail costs here. Of 150 events of one transaction each read all that follow it, only to find them numbered; the head of a new
-- ticket's entries was made three times; and a sender nobody knew took five statements.

-- The first call numbers all; the others need no more than a look at their own row.
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
  if exists (select from lotse.events e where e.id = new.id and e.seq is not null) then
    return null;
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

-- Behind the trigger that adds the requester to the ticket's customers: its first entry has him in its head.
alter trigger tickets_enter on lotse.tickets rename to tickets_search;

create or replace function private.enter_heads(workspace uuid, tickets uuid[]) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  perform 1 from lotse.search_entries e
  where e.workspace_id = workspace and e.ticket_id = any (tickets)
  order by e.id
  for update;
  if not found then
    return;
  end if;
  update lotse.search_entries e
  set words = private.entry(
    head.words,
    coalesce((select private.name_lexemes(f.name) from lotse.files f where f.id = e.file_id), ts_filter(e.words, '{d}'))
  )
  from (select t.id, private.ticket_lexemes(t.id) as words from lotse.tickets t where t.id = any (tickets)) head
  where e.workspace_id = workspace and e.ticket_id = head.id;
end
$$;

-- Of a ticket without a description its own entry is the head and nothing else.
create or replace function private.steady_head(workspace uuid, ticket uuid) returns tsvector
language plpgsql security definer
set search_path = ''
as $$
declare
  kept tsvector;
begin
  select e.words into kept
  from lotse.search_entries e
  where e.workspace_id = workspace and e.ticket_id = ticket and e.message_id is null and e.file_id is null
  for share;
  if kept is not null and exists (select from lotse.tickets t where t.id = ticket and t.description = '') then
    return kept;
  end if;
  return private.ticket_lexemes(ticket);
end
$$;

-- The contact with this address, made when nobody has it yet. Two mails of one new sender at once: the second waits and then finds
-- the first one's contact.
create function private.contact_of(said_address text, said_name text, said_language text, out contact uuid, out is_new boolean)
language plpgsql
set search_path = ''
as $$
begin
  is_new := false;
  select a.contact_id into contact from lotse.contact_addresses a where a.workspace_id = private.workspace() and a.address = said_address;
  if contact is not null then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('contact:' || private.workspace() || ':' || said_address, 0));
  select a.contact_id into contact from lotse.contact_addresses a where a.workspace_id = private.workspace() and a.address = said_address;
  if contact is not null then
    return;
  end if;
  is_new := true;
  insert into lotse.contacts (workspace_id, name, language) values (private.workspace(), said_name, said_language) returning id into contact;
  insert into lotse.contact_addresses (workspace_id, contact_id, address) values (private.workspace(), contact, said_address);
end
$$;

-- How many confirmations a customer got lately and today. Two mails at once: the second waits here and then counts the first one's.
create function private.confirmations_of(customer uuid, out lately int, out today int)
language plpgsql
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('confirmation:' || customer, 0));
  select count(*) filter (where o.created_at > now() - interval '10 minutes'), count(*)
  into lately, today
  from lotse.outgoing_mails o
  where o.workspace_id = private.workspace()
    and o.kind = 'confirmation'
    and o.contact_id = customer
    and o.created_at > now() - interval '1 day';
end
$$;

revoke execute on all functions in schema private from public;
grant execute on function private.contact_of, private.confirmations_of to lotse_system;
