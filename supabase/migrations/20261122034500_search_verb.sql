-- Candidates for a search, as before, by one of two ways that are chosen by looking and not by the planner's guess: for a
-- beginning that stands nowhere it guessed "often" and walked over a million entries (4.5 s).
--
-- The newest few hundred entries say how often the words are met. Often: they are met on the way from the newest. Seldom: the
-- index of words names all entries that hold them, up to a bound; beyond it they are frequent after all.
create or replace function private.search(said text, before_at timestamptz, before_id bigint, most int)
returns table (id bigint, ticket_id uuid, message_id uuid, file_id uuid, at timestamptz)
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  -- Of a page of forty, walking costs 40 / share of what matches, looking up its number, each a row anywhere in a table that
  -- is larger than the memory: at a million entries they meet at about 0.4 %.
  sample constant int := 500;
  often constant int := 3;
  bound constant int := 3000;
  workspace uuid := private.staff_workspace();
  me uuid := private.member();
  groups uuid[] := private.groups();
  pools uuid[] := private.pools();
  query tsquery := private.search_query(said);
  visible tsquery;
  own uuid[] := '{}';
  is_often boolean := false;
  counted bigint;
  named bigint[] := '{}';
begin
  if workspace is null or query is null then
    return;
  end if;
  -- Moderators see all pools, so that the workspace says the same and says it shorter.
  if private.is_moderator() then
    visible := quote_literal(private.place_lexeme(workspace))::tsquery;
  else
    visible := (select string_agg(quote_literal(private.place_lexeme(pool)), ' | ') from unnest(pools) pool)::tsquery;
    own := array(
      select t.id from lotse.tickets t
      where t.workspace_id = workspace and t.responsible_member_id = me and t.pool_id <> all (pools)
      union
      select t.id from lotse.tickets t
      where t.workspace_id = workspace and t.responsible_group_id = any (groups) and t.pool_id <> all (pools)
      union
      select o.ticket_id from lotse.ticket_owners o
      join lotse.tickets t on t.id = o.ticket_id
      where o.workspace_id = workspace and o.member_id = me and t.pool_id <> all (pools)
      limit 5000
    );
  end if;
  visible := query && visible;
  if visible is not null then
    select count(*) >= often into is_often
    from (
      select e.words
      from lotse.search_entries e
      where e.workspace_id = workspace and (e.at, e.id) < (before_at, before_id)
      order by e.at desc, e.id desc
      limit sample
    ) newest
    where newest.words @@ visible;
  end if;
  if not is_often then
    with named_by_index as materialized (
      select e.id, e.at from lotse.search_entries e where e.words @@ visible limit bound + 1
    )
    select
      (select count(*) from named_by_index),
      array(
        select n.id from named_by_index n
        where (n.at, n.id) < (before_at, before_id)
        order by n.at desc, n.id desc
        limit most
      )
    into counted, named;
    is_often := counted > bound;
  end if;
  return query
    select found.*
    from (
      (
        select e.id, e.ticket_id, e.message_id, e.file_id, e.at
        from lotse.search_entries e
        where not is_often and e.id = any (named)
      )
      union all
      (
        -- As a function, which no index answers: the order is the way.
        select e.id, e.ticket_id, e.message_id, e.file_id, e.at
        from lotse.search_entries e
        where is_often
          and e.workspace_id = workspace
          and (e.at, e.id) < (before_at, before_id)
          and pg_catalog.ts_match_vq(e.words, visible)
        order by e.at desc, e.id desc
        limit most
      )
      union all
      (
        -- Ticket by ticket, however few or many entries the statistics expect of one.
        select mine.*
        from unnest(own) o (ticket)
        cross join lateral (
          select e.id, e.ticket_id, e.message_id, e.file_id, e.at
          from lotse.search_entries e
          where e.workspace_id = workspace
            and e.ticket_id = o.ticket
            and (e.at, e.id) < (before_at, before_id)
            and pg_catalog.ts_match_vq(e.words, query)
          offset 0
        ) mine
      )
    ) found
    order by found.at desc, found.id desc
    limit most;
end
$$;

revoke execute on all functions in schema private from public;
