-- A claim writes its events with their numbers, instead of writing them twice, and its command once it is done, answer and all:
-- of PostgreSQL's work for a claim a third was stamping through the deferred trigger and keeping the command's row.

-- Whoever may write events may not number them, and nobody does by hand: private.claim_at_once alone, in its owner's name, while it
-- holds the workspace's counter.
create trigger events_number before insert on lotse.events
for each row when (new.seq is not null and current_user in (session_user, 'lotse_system'))
execute function private.keep_all_events();

-- All others are stamped at commit as before.
drop trigger events_stamp on lotse.events;
create constraint trigger events_stamp after insert on lotse.events
deferrable initially deferred
for each row when (new.seq is null)
execute function private.stamp_event();

-- With the owner's rights, since it reads and writes what a member may not: who may claim is asked by private.claim, and all that
-- is written is of that ticket. Returns the seq that a screen must have passed to show it; 0 when nothing changed.
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

-- As it was; but who has been deactivated is told so, which no longer is asked before.
create or replace function private.claim(ticket uuid) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  me uuid := private.member();
  seen record;
begin
  for attempt in 1 .. 5 loop
    select t.pool_id, t.responsible_member_id, t.responsible_group_id, t.closed_at,
      me = any (t.owner_ids) as is_owner,
      m.role in ('administrator', 'moderator')
        or exists (
          select
          from lotse.group_members gm
          where gm.group_id = t.responsible_group_id and gm.member_id = me
        )
        or exists (
          select
          from lotse.pools p
          join lotse.pool_access a on a.pool_id = p.id or a.pool_id = p.parent_id
          where p.id = t.pool_id
            and (
              a.member_id = me
              or exists (select from lotse.group_members gm where gm.group_id = a.group_id and gm.member_id = me)
            )
        ) as may_claim
    into seen
    from lotse.members m
    join lotse.tickets t on t.workspace_id = m.workspace_id
    where m.id = me
      and m.workspace_id = private.workspace()
      and m.deactivated_at is null
      and t.id = ticket;
    if not found or not (seen.may_claim or seen.is_owner or coalesce(seen.responsible_member_id = me, false)) then
      perform private.refuse_unless_alive();
      -- Whoever saw it a moment ago is told that it is not his any more, others not even that it is there.
      perform private.refuse(case when attempt = 1 then 'ticket.notFound' else 'ticket.forbidden' end);
    elsif seen.closed_at is not null then
      perform private.refuse('ticket.closed');
    elsif seen.responsible_member_id = me then
      return null;
    elsif seen.responsible_member_id is not null then
      perform private.refuse('ticket.taken', jsonb_build_object('winner', seen.responsible_member_id));
    elsif not seen.may_claim then
      perform private.refuse('ticket.forbidden');
    end if;
    update lotse.tickets t
    set responsible_member_id = me, responsible_group_id = null
    where t.id = ticket
      and t.responsible_member_id is null
      and t.closed_at is null
      and t.pool_id = seen.pool_id
      and t.responsible_group_id is not distinct from seen.responsible_group_id;
    if found then
      return jsonb_build_object('member', null, 'group', seen.responsible_group_id);
    end if;
  end loop;
  perform private.refuse('ticket.forbidden');
end
$$;

revoke execute on all functions in schema private from public;
