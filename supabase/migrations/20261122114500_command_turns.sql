-- Attempts of one command come one after the other. A claim writes its row of commands last, every other command writes it first: under way as
-- both at the same moment, one waited for the ticket and the other for the row, until PostgreSQL ended one of them after a second.

create or replace function private.open_command(command uuid, command_name text) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  stored jsonb;
  stored_name text;
begin
  perform private.refuse_unless_alive();
  -- Before any other lock.
  perform pg_advisory_xact_lock(hashtextextended('command:' || command, 0));
  insert into lotse.commands (workspace_id, actor, id, name)
  values (private.workspace(), private.actor_key(), command, command_name)
  on conflict (workspace_id, actor, id) do nothing;
  if not found then
    select c.answer, c.name into stored, stored_name
    from lotse.commands c
    where c.workspace_id = private.workspace()
      and c.actor = private.actor_key()
      and c.id = command;
    if stored_name <> command_name then
      perform private.refuse('bad.input', '{"field": "id"}');
    end if;
  end if;
  return stored;
end
$$;

create or replace function private.claim_at_once(in_workspace uuid, by_member uuid, command uuid, ticket uuid) returns bigint
language plpgsql security definer
set search_path = ''
-- A new ledger has no statistics, and what was planned for a few rows is kept.
set enable_seqscan = off
as $$
declare
  stored jsonb;
  stored_name text;
  before jsonb;
  ids bigint[];
  last_seq bigint;
begin
  perform
    set_config('lotse.workspace', in_workspace::text, true),
    set_config('lotse.member', by_member::text, true),
    set_config('lotse.command', command::text, true);
  -- Before any other lock.
  perform pg_advisory_xact_lock(hashtextextended('command:' || command, 0));
  -- A statement of its own: it must see what the other attempt came to.
  select c.answer, c.name into stored, stored_name
  from lotse.commands c
  where c.workspace_id = in_workspace and c.actor = 'member:' || by_member and c.id = command;
  if found then
    perform private.refuse_unless_alive();
    if stored_name <> 'ticket.claim' then
      perform private.refuse('bad.input', '{"field": "id"}');
    end if;
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
    -- A refusal of it was kept beside this one (private.refuse_command waits for nobody): tried again, it finds that.
    raise exception using errcode = '40001', message = 'command.met';
  end if;
  return coalesce(last_seq, 0);
end
$$;
