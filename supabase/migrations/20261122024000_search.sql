-- Full-text search. What can be found lies apart from what is read: one entry for a ticket, for each of its messages and for
-- each of its files, written by triggers alone. Nobody may read it: the policies' condition would keep the index from being
-- used (`@@` is not leakproof: 1,872 ms at a million messages), so private.search names candidates that lie in the actor's
-- pools, and the caller reads them under his own rights.

create table lotse.search_entries (
  id bigint generated always as identity primary key,
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  ticket_id uuid not null,
  -- What was found in: a message, a file, or neither for the ticket itself.
  message_id uuid,
  file_id uuid,
  at timestamptz not null,
  -- Its words in German and in English, the head of its ticket (number, subject, customers), so that words of both are found
  -- together, and the places of the ticket: lexemes that no text can make.
  words tsvector not null,
  check (num_nonnulls(message_id, file_id) <= 1),
  foreign key (workspace_id, ticket_id) references lotse.tickets (workspace_id, id) on delete cascade,
  foreign key (workspace_id, message_id) references lotse.messages (workspace_id, id) on delete cascade,
  foreign key (workspace_id, file_id) references lotse.files (workspace_id, id) on delete cascade
);

create index search_entries_ticket on lotse.search_entries (workspace_id, ticket_id);
create unique index search_entries_message on lotse.search_entries (workspace_id, message_id) where message_id is not null;
create unique index search_entries_file on lotse.search_entries (workspace_id, file_id) where file_id is not null;
-- For words that are everywhere: the newest are found before all are.
create index search_entries_newest on lotse.search_entries (workspace_id, at desc, id desc);
-- Each search reads what was not yet sorted in, so that must stay little.
create index search_entries_words on lotse.search_entries using gin (words) with (gin_pending_list_limit = 512);

alter table lotse.search_entries enable row level security;

-- Accents off: "Renee" finds "Renée", "strasse" finds "Straße". (German stems lose their umlauts by themselves.)
create function private.plain(said text) returns text
language sql immutable parallel safe
return case
  when octet_length(said) = length(said) then said
  else regexp_replace(normalize(replace(said, 'ß', 'ss'), nfkd), '[\u0300-\u036f]', '', 'g')
end;

-- A vector holds a megabyte at most, or the message would be refused: beyond a hundred thousand signs nothing is found.
create function private.lexemes(said text) returns tsvector
language sql immutable parallel safe
return to_tsvector('pg_catalog.german', private.plain(left(said, 100000)))
  || to_tsvector('pg_catalog.english', private.plain(left(said, 100000)));

-- Of names of files and addresses also the pieces.
create function private.name_lexemes(said text) returns tsvector
language sql immutable parallel safe
return strip(private.lexemes(concat_ws(' ', said, replace(said, '@', ' '), translate(said, '@._-+/', '      '))));

create function private.place_lexeme(place uuid) returns text
language sql immutable parallel safe
return '|' || replace(place::text, '-', '');

-- What stands at the head of each entry of a ticket, and where it lies.
create function private.ticket_lexemes(ticket uuid) returns tsvector
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (
    select
      array_to_tsvector(array[private.place_lexeme(t.workspace_id), private.place_lexeme(t.pool_id)])
        || strip(private.lexemes(t.number || ' ' || t.subject))
        || private.name_lexemes(coalesce(people.names, ''))
    from lotse.tickets t
    left join lateral (
      select string_agg(c.name || ' ' || coalesce(a.address, ''), ' ') as names
      from (
        -- Whole mailing lists must not make a vector too large.
        select tc.contact_id from lotse.ticket_customers tc where tc.ticket_id = t.id order by tc.created_at limit 50
      ) tc
      join lotse.contacts c on c.id = tc.contact_id
      left join lotse.contact_addresses a on a.contact_id = c.id
    ) people on true
    where t.id = ticket
  );
end
$$;

-- What somebody typed, as a query: words, "in a row", -without, or. The last word may be its beginning, since one types.
-- Null for what names nothing that could be looked up.
create function private.search_query(said text) returns tsquery
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  typed text := private.plain(left(said, 200));
  query tsquery := websearch_to_tsquery('pg_catalog.german', typed) || websearch_to_tsquery('pg_catalog.english', typed);
  beginning text := substring(typed from '(?:^|\s)([[:alnum:]][[:alnum:]@._+-]{2,})$');
  before text := left(typed, length(typed) - length(beginning));
  prefix tsquery;
begin
  -- Within quotes, or after "or" or "-", the last word means itself.
  if beginning is not null and length(replace(before, '"', '')) % 2 = length(before) % 2 and before !~* '\mor\s*$' then
    prefix := (quote_literal(lower(beginning)) || ':*')::tsquery;
    query := query
      || (websearch_to_tsquery('pg_catalog.german', before) && prefix)
      || (websearch_to_tsquery('pg_catalog.english', before) && prefix);
  end if;
  return case when querytree(query) not in ('', 'T') then query end;
end
$$;

grant select, insert, update, delete on lotse.search_entries to lotse_system;

create policy system_all on lotse.search_entries to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

revoke execute on all functions in schema private from public;
grant execute on function private.search_query, private.plain to lotse_member;
