-- The head of a ticket's entries is made anew when something in it changes, instead of growing by each name that somebody ever
-- had: names that are gone are no longer found, so that erasing a person's name and addresses erases them here, too.
--
-- What a text says has places in it, what the head says has none (strip): that tells them apart within one vector, and no text
-- has to be read again.

-- Who changes a head is alone with the ticket's entries: whoever adds one to it waits, so that none keeps a head that is over.
create function private.enter_heads(workspace uuid, tickets uuid[]) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  perform 1 from lotse.search_entries e
  where e.workspace_id = workspace and e.ticket_id = any (tickets)
  order by e.id
  for update;
  update lotse.search_entries e
  set words = private.entry(
    head.words,
    coalesce((select private.name_lexemes(f.name) from lotse.files f where f.id = e.file_id), ts_filter(e.words, '{d}'))
  )
  from (select t.id, private.ticket_lexemes(t.id) as words from lotse.tickets t where t.id = any (tickets)) head
  where e.workspace_id = workspace and e.ticket_id = head.id;
end
$$;

-- A text beside a head. Both have their bounds, and should they ever not be enough, less is found and nothing is refused.
create function private.entry(head tsvector, body tsvector) returns tsvector
language plpgsql immutable
set search_path = ''
as $$
begin
  return head || coalesce(body, '');
exception when program_limit_exceeded then
  return head;
end
$$;

-- The head as it is while nobody changes it.
create function private.steady_head(workspace uuid, ticket uuid) returns tsvector
language plpgsql security definer
set search_path = ''
as $$
begin
  perform 1 from lotse.search_entries e
  where e.workspace_id = workspace and e.ticket_id = ticket and e.message_id is null and e.file_id is null
  for share;
  return private.ticket_lexemes(ticket);
end
$$;

create or replace function private.enter_message() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    delete from lotse.search_entries e where e.workspace_id = new.workspace_id and e.message_id = new.id;
  end if;
  -- A withdrawn one says nothing any more.
  if new.withdrawn_at is null then
    insert into lotse.search_entries (workspace_id, ticket_id, message_id, at, words)
    values (
      new.workspace_id,
      new.ticket_id,
      new.id,
      new.occurred_at,
      private.entry(private.steady_head(new.workspace_id, new.ticket_id), private.lexemes(new.body_text))
    );
  end if;
  return null;
end
$$;

create or replace function private.enter_file() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  -- A picture in the text of a mail has a name that nobody gave it.
  if new.content_id is null then
    insert into lotse.search_entries (workspace_id, ticket_id, file_id, at, words)
    values (
      new.workspace_id,
      new.ticket_id,
      new.id,
      new.created_at,
      private.entry(private.steady_head(new.workspace_id, new.ticket_id), private.name_lexemes(new.name))
    );
  end if;
  return null;
end
$$;

create function private.enter_persons(workspace uuid, contacts uuid[]) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.enter_heads(
    workspace,
    array(select distinct tc.ticket_id from lotse.ticket_customers tc where tc.workspace_id = workspace and tc.contact_id = any (contacts))
  );
end
$$;

create or replace function private.enter_name() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if new.name <> old.name then
    perform private.enter_persons(new.workspace_id, array[new.id]);
  end if;
  return null;
end
$$;

-- Once for a statement, however many addresses it writes.
create or replace function private.enter_address() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.enter_persons(c.workspace_id, array_agg(c.contact_id)) from changed c group by c.workspace_id;
  return null;
end
$$;

drop trigger contact_addresses_enter on lotse.contact_addresses;
create trigger contact_addresses_enter after insert on lotse.contact_addresses
referencing new table as changed
for each statement execute function private.enter_address();

create trigger contact_addresses_leave after delete on lotse.contact_addresses
referencing old table as changed
for each statement execute function private.enter_address();

create or replace function private.enter_customer() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.enter_heads(c.workspace_id, array_agg(distinct c.ticket_id)) from changed c group by c.workspace_id;
  return null;
end
$$;

drop trigger ticket_customers_enter on lotse.ticket_customers;
create trigger ticket_customers_enter after insert on lotse.ticket_customers
referencing new table as changed
for each statement execute function private.enter_customer();

create trigger ticket_customers_leave after delete on lotse.ticket_customers
referencing old table as changed
for each statement execute function private.enter_customer();

-- A new subject stands in the head, a new description beside it.
create or replace function private.enter_anew(ticket uuid) returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  workspace uuid := (select t.workspace_id from lotse.tickets t where t.id = ticket);
begin
  perform private.enter_heads(workspace, array[ticket]);
  update lotse.search_entries e
  set words = private.entry(private.ticket_lexemes(ticket), private.lexemes(t.description))
  from lotse.tickets t
  where t.id = ticket and e.workspace_id = workspace and e.ticket_id = ticket and e.message_id is null and e.file_id is null;
end
$$;

drop function private.enter_person(uuid, uuid, text);

-- Whatever has grown until now.
set local statement_timeout = 0;
select private.enter_heads(t.workspace_id, array_agg(t.id)) from lotse.tickets t group by t.workspace_id;

revoke execute on all functions in schema private from public;
