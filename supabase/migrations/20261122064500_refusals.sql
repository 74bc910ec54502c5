-- A command that got stuck on its way is sent again, with its id, and maybe to another process: to be told "refused" there, and
-- then done when the first attempt comes through, was possible. A refusal beside which another attempt may be under way is now
-- kept as a command that was done is, so that what was answered first holds for all attempts.

-- After the refused attempt was rolled back. What another attempt answered meanwhile comes back instead; one that is under way is
-- waited for, as in private.open_command.
create function private.refuse_command(command uuid, command_name text, refusal jsonb) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  standing jsonb := jsonb_build_object('refused', refusal);
begin
  insert into lotse.commands (workspace_id, actor, id, name, answer)
  values (private.workspace(), private.actor_key(), command, command_name, standing)
  on conflict (workspace_id, actor, id) do nothing;
  if not found then
    select c.answer into standing
    from lotse.commands c
    where c.workspace_id = private.workspace()
      and c.actor = private.actor_key()
      and c.id = command;
  end if;
  return standing;
end
$$;

-- As it was, but for what was refused before.
create or replace function private.claim_at_once(in_workspace uuid, by_member uuid, command uuid, ticket uuid) returns bigint
language plpgsql security definer
set search_path = ''
-- A new ledger has no statistics, and what was planned for a few rows is kept.
set enable_seqscan = off
as $$
declare
  stored jsonb;
  before jsonb;
  ids bigint[];
  last_seq bigint;
begin
  perform
    set_config('lotse.workspace', in_workspace::text, true),
    set_config('lotse.member', by_member::text, true),
    set_config('lotse.command', command::text, true);
  select c.answer into stored
  from lotse.commands c
  where c.workspace_id = in_workspace and c.actor = 'member:' || by_member and c.id = command;
  if found then
    perform private.refuse_unless_alive();
    if stored ? 'refused' then
      perform private.refuse(stored #>> '{refused,code}', stored #> '{refused,detail}');
    end if;
    return (
      select coalesce(max(e.seq), 0)
      from lotse.events e
      where e.id = any (array(select jsonb_array_elements_text(stored -> 'eventIds')::bigint)) and e.class = 'staff'
    );
  end if;
  before := private.claim(ticket);
  if before is not null then
    -- Who lost sight by it is told so first.
    if before ->> 'group' is not null then
      set constraints all immediate;
    end if;
    update lotse.workspace_counters c
    set event_seq = c.event_seq + (select 1 + (t.visibility = 'public')::int from lotse.tickets t where t.id = ticket)
    where c.workspace_id = in_workspace
    returning c.event_seq into last_seq;
    -- A statement of its own: it must see what was committed while the counter was waited for.
    with told as (
      insert into lotse.events (
        workspace_id, seq, customer_seq, class, type, ticket_id, actor_kind, actor_member_id, command_id, audience, payload
      )
      select
        t.workspace_id, last_seq - e.later, e.customer_seq, e.class, 'ticket.claimed', t.id, 'member', by_member, command,
        case e.class when 'staff' then t.audience else array['customer:' || t.id] end,
        case e.class
          when 'staff' then jsonb_build_object('card', private.card(t), 'data', jsonb_build_object('from', before))
          else '{"data": {"status": "assigned"}}'
        end
      from lotse.tickets t
      cross join lateral (
        select 'staff' as class, null::bigint as customer_seq, (t.visibility = 'public')::int as later
        union all
        select 'customer', 1 + coalesce(
          (select max(x.customer_seq) from lotse.events x where x.ticket_id = t.id and x.class = 'customer'), 0
        ), 0
        where t.visibility = 'public'
      ) e
      where t.id = ticket
      returning id, seq, class
    )
    select array_agg(told.id order by told.seq), min(told.seq) into ids, last_seq from told;
  end if;
  insert into lotse.commands (workspace_id, actor, id, name, answer)
  values (
    in_workspace, 'member:' || by_member, command, 'ticket.claim',
    jsonb_build_object('result', null, 'eventIds', to_jsonb(coalesce(ids, '{}')))
  )
  on conflict (workspace_id, actor, id) do nothing;
  if not found then
    -- The same command was under way beside this one: tried again, it finds the answer.
    raise exception using errcode = '40001', message = 'command.met';
  end if;
  return coalesce(last_seq, 0);
end
$$;

revoke execute on all functions in schema private from public;
grant execute on function private.refuse_command to lotse_member, lotse_customer, lotse_system;
