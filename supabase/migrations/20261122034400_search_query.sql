-- What somebody typed, as a query, as before and without saying anything twice: most words are one lexeme in German and in
-- English, and their beginning finds them too. The index asks each lexeme of a query for each candidate.
create or replace function private.search_query(said text) returns tsquery
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  typed text := private.plain(left(said, 200));
  beginning text := substring(typed from '(?:^|\s)([[:alnum:]][[:alnum:]@._+-]{2,})$');
  before text := left(typed, length(typed) - length(beginning));
  prefix tsquery;
  language regconfig;
  whole tsquery;
  begun tsquery;
  part tsquery;
  parts tsquery[] := '{}';
  query tsquery := '';
begin
  -- Within quotes, or after "or" or "-", the last word means itself.
  if beginning is not null and length(replace(before, '"', '')) % 2 = length(before) % 2 and before !~* '\mor\s*$' then
    prefix := (quote_literal(lower(beginning)) || ':*')::tsquery;
  end if;
  foreach language in array array['pg_catalog.german', 'pg_catalog.english']::regconfig[] loop
    whole := websearch_to_tsquery(language, typed);
    if prefix is null then
      parts := parts || whole;
      continue;
    end if;
    begun := websearch_to_tsquery(language, before);
    part := websearch_to_tsquery(language, beginning);
    -- The word itself begins like this, unless its stem is shorter or it is none ("die").
    if numnode(part) <> 1 or whole <> (begun && part) or not to_tsvector(language, beginning) @@ prefix then
      parts := parts || whole;
    end if;
    parts := parts || (begun && prefix);
  end loop;
  foreach part in array array(select distinct p from unnest(parts) p) loop
    query := query || part;
  end loop;
  return case when querytree(query) not in ('', 'T') then query end;
end
$$;

revoke execute on all functions in schema private from public;
