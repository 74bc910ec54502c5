-- Who keeps the entries of the search: triggers on what is found in, so that no verb can forget.

create function private.enter_ticket() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into lotse.search_entries (workspace_id, ticket_id, at, words)
    values (new.workspace_id, new.id, new.created_at, private.ticket_lexemes(new.id) || private.lexemes(new.description));
  elsif (new.subject, new.description) is distinct from (old.subject, old.description) then
    perform private.enter_anew(new.id);
  elsif new.pool_id <> old.pool_id then
    update lotse.search_entries e
    set words = ts_delete(e.words, private.place_lexeme(old.pool_id)) || array_to_tsvector(array[private.place_lexeme(new.pool_id)])
    where e.workspace_id = new.workspace_id and e.ticket_id = new.id;
  end if;
  return null;
end
$$;

-- Named so that it runs before the trigger that adds the requester to the ticket's customers, who are added to the entries.
create trigger tickets_enter after insert or update of subject, description, pool_id on lotse.tickets
for each row execute function private.enter_ticket();

create function private.enter_message() returns trigger
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
    values (new.workspace_id, new.ticket_id, new.id, new.occurred_at, private.ticket_lexemes(new.ticket_id) || private.lexemes(new.body_text));
  end if;
  return null;
end
$$;

create trigger messages_enter after insert or update of body_text, withdrawn_at on lotse.messages
for each row execute function private.enter_message();

create function private.enter_file() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  -- A picture in the text of a mail has a name that nobody gave it.
  if new.content_id is null then
    insert into lotse.search_entries (workspace_id, ticket_id, file_id, at, words)
    values (new.workspace_id, new.ticket_id, new.id, new.created_at, private.ticket_lexemes(new.ticket_id) || private.name_lexemes(new.name));
  end if;
  return null;
end
$$;

create trigger files_enter after insert on lotse.files
for each row execute function private.enter_file();

-- Words are added to what can be found of somebody's tickets and none are taken away: who writes to a former name or from a former
-- address is still found by it, and a ticket of a thousand messages costs one statement.
create function private.enter_person(workspace uuid, contact uuid, said text) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  update lotse.search_entries e
  set words = e.words || private.name_lexemes(said)
  from lotse.ticket_customers tc
  where tc.workspace_id = workspace
    and tc.contact_id = contact
    and e.workspace_id = tc.workspace_id
    and e.ticket_id = tc.ticket_id;
end
$$;

create function private.enter_name() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if new.name <> old.name then
    perform private.enter_person(new.workspace_id, new.id, new.name);
  end if;
  return null;
end
$$;

create trigger contacts_enter after update of name on lotse.contacts
for each row execute function private.enter_name();

create function private.enter_address() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.enter_person(new.workspace_id, new.contact_id, new.address);
  return null;
end
$$;

create trigger contact_addresses_enter after insert on lotse.contact_addresses
for each row execute function private.enter_address();

create function private.enter_customer() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  update lotse.search_entries e
  set words = e.words || private.name_lexemes(
    (select c.name from lotse.contacts c where c.id = new.contact_id) || ' '
      || coalesce((select string_agg(a.address, ' ') from lotse.contact_addresses a where a.contact_id = new.contact_id), '')
  )
  where e.workspace_id = new.workspace_id and e.ticket_id = new.ticket_id;
  return null;
end
$$;

create trigger ticket_customers_enter after insert on lotse.ticket_customers
for each row execute function private.enter_customer();

-- All entries of a ticket from what it says now.
create function private.enter_anew(ticket uuid) returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  head tsvector := private.ticket_lexemes(ticket);
begin
  update lotse.search_entries e
  set words = head || coalesce(
    (select private.lexemes(m.body_text) from lotse.messages m where m.id = e.message_id),
    (select private.name_lexemes(f.name) from lotse.files f where f.id = e.file_id),
    (select private.lexemes(t.description) from lotse.tickets t where t.id = e.ticket_id)
  )
  from lotse.tickets t
  where t.id = ticket and e.workspace_id = t.workspace_id and e.ticket_id = t.id;
end
$$;

-- What is there already.
insert into lotse.search_entries (workspace_id, ticket_id, at, words)
select t.workspace_id, t.id, t.created_at, private.ticket_lexemes(t.id) || private.lexemes(t.description)
from lotse.tickets t;

insert into lotse.search_entries (workspace_id, ticket_id, message_id, at, words)
select m.workspace_id, m.ticket_id, m.id, m.occurred_at, private.ticket_lexemes(m.ticket_id) || private.lexemes(m.body_text)
from lotse.messages m
where m.withdrawn_at is null;

insert into lotse.search_entries (workspace_id, ticket_id, file_id, at, words)
select f.workspace_id, f.ticket_id, f.id, f.created_at, private.ticket_lexemes(f.ticket_id) || private.name_lexemes(f.name)
from lotse.files f
where f.content_id is null;

revoke execute on all functions in schema private from public;
