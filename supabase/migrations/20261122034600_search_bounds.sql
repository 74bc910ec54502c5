-- What bounds an entry of the search. A vector holds a megabyte at most, and a text may grow on its way there: one sign of
-- U+3300 is up to six after normalising, U+FDFA is eighteen, and German and English words lie side by side.

-- The beginning of a text, of so many bytes at most.
create function private.beginning(said text, most_bytes bigint) returns text
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  kept text := said;
begin
  while octet_length(kept) > most_bytes loop
    kept := left(kept, (length(kept) * most_bytes / octet_length(kept))::int);
  end loop;
  return kept;
end
$$;

-- Beyond a hundred thousand bytes nothing is found: the worst texts (different words with hyphens, which are words as a whole and in
-- pieces, in both languages) make about six times as much of them (tests/database/search-bounds.test.ts).
create or replace function private.lexemes(said text) returns tsvector
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  plain text := private.beginning(private.plain(private.beginning(said, 100000)), 100000);
begin
  return to_tsvector('pg_catalog.german', plain) || to_tsvector('pg_catalog.english', plain);
end
$$;

-- Of names of files and addresses also the pieces. They stand beside a text, so that they may be much shorter only.
create or replace function private.name_lexemes(said text) returns tsvector
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  name text := private.beginning(said, 10000);
begin
  return strip(private.lexemes(concat_ws(' ', name, replace(name, '@', ' '), translate(name, '@._-+/', '      '))));
end
$$;

revoke execute on all functions in schema private from public;
