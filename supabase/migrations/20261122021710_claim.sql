-- A claim from beginning to end in one statement, since it is what all do at once: identity, idempotence, act and
-- consequences as in any other command, without a round trip in between. The server spent two thirds of a claim on the way.
--
-- It runs with the caller's own rights: the login takes the member's role for the act, where private.claim decides, and the
-- system's for what follows. Returns the seq that a screen must have passed to show it; 0 when nothing changed.
create function private.claim_at_once(in_workspace uuid, by_member uuid, command uuid, ticket uuid) returns bigint
language plpgsql
set search_path = ''
as $$
declare
  stored jsonb;
  before jsonb;
  ids bigint[];
begin
  perform
    set_config('role', 'lotse_member', true),
    set_config('lotse.workspace', in_workspace::text, true),
    set_config('lotse.member', by_member::text, true),
    set_config('lotse.command', command::text, true);
  stored := private.open_command(command, 'ticket.claim');
  if stored is null then
    before := private.claim(ticket);
  end if;
  perform set_config('role', 'lotse_system', true);
  if before is not null then
    with told as (
      insert into lotse.events (
        workspace_id, class, type, ticket_id, actor_kind, actor_member_id, command_id, audience, payload
      )
      select
        t.workspace_id, e.class, 'ticket.claimed', t.id, 'member', by_member, command,
        case e.class when 'staff' then t.audience else array['customer:' || t.id] end,
        case e.class
          when 'staff' then jsonb_build_object('card', private.card(t), 'data', jsonb_build_object('from', before))
          else '{"data": {"status": "assigned"}}'
        end
      from (values ('staff'), ('customer')) e (class)
      join lotse.tickets t on e.class = 'staff' or t.visibility = 'public'
      where t.id = ticket
      returning id
    )
    select array_agg(id order by id) into ids from told;
    set constraints all immediate;
  end if;
  if stored is null then
    update lotse.commands c
    set answer = jsonb_build_object('result', null, 'eventIds', to_jsonb(coalesce(ids, '{}')))
    where c.workspace_id = in_workspace
      and c.actor = 'member:' || by_member
      and c.id = command;
  else
    ids := array(select jsonb_array_elements_text(stored -> 'eventIds')::bigint);
  end if;
  return (
    select coalesce(max(e.seq), 0)
    from lotse.events e
    where e.id = any (ids) and e.class = 'staff'
  );
end
$$;

revoke execute on all functions in schema private from public;
grant execute on function private.claim_at_once to lotse_app;
