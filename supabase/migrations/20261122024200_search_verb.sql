-- Candidates for a search, newest first, after a place in that order: entries of tickets that the acting member may see. The
-- caller reads them under his own rights and asks for more until his page is full (server/domain/search.ts).
create function private.search(said text, before_at timestamptz, before_id bigint, most int)
returns table (id bigint, ticket_id uuid, message_id uuid, file_id uuid, at timestamptz)
language plpgsql stable security definer
set search_path = ''
as $$
declare
  workspace uuid := private.staff_workspace();
  me uuid := private.member();
  groups uuid[] := private.groups();
  pools uuid[] := private.pools();
  query tsquery := private.search_query(said);
  visible tsquery;
  own uuid[];
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
  -- Planned for these very words: rare ones are looked up, those that are everywhere are met on the way from the newest.
  return query execute $sql$
    select found.*
    from (
      (
        select e.id, e.ticket_id, e.message_id, e.file_id, e.at
        from lotse.search_entries e
        where e.workspace_id = $1 and e.words @@ $2 and (e.at, e.id) < ($3, $4)
        order by e.at desc, e.id desc
        limit $6
      )
      union all
      (
        select e.id, e.ticket_id, e.message_id, e.file_id, e.at
        from lotse.search_entries e
        where e.workspace_id = $1 and e.ticket_id = any ($5) and e.words @@ $7 and (e.at, e.id) < ($3, $4)
        order by e.at desc, e.id desc
        limit $6
      )
    ) found
    order by found.at desc, found.id desc
    limit $6
  $sql$ using workspace, query && visible, before_at, before_id, coalesce(own, '{}'), most, query;
end
$$;

revoke execute on all functions in schema private from public;
grant execute on function private.search to lotse_member;
