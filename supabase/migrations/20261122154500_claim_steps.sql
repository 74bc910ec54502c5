-- A claim without five small queries: what PL/pgSQL can evaluate as it stands needs no executor of its own. They took a
-- twentieth of PostgreSQL's time for a claim.

create or replace function private.guard_ticket() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    if (new.id, new.workspace_id, new.number, new.created_at, new.created_by_member_id)
      is distinct from (old.id, old.workspace_id, old.number, old.created_at, old.created_by_member_id) then
      perform private.refuse('row.immutable');
    end if;
    if old.status = new.status and new.responsible_member_id is distinct from old.responsible_member_id then
      if new.responsible_member_id is not null and new.status = 'open' then
        new.status := 'assigned';
      elsif new.responsible_member_id is null and new.status in ('assigned', 'in_progress') then
        new.status := 'open';
      end if;
    end if;
    if new.responsible_member_id is distinct from old.responsible_member_id then
      new.claimed_at := case when new.responsible_member_id is null then null else now() end;
    end if;
    -- Status and responsibility agree whoever set which: nobody's ticket is open, somebody's is not.
    if old.status is distinct from new.status then
      if new.status = 'assigned' and new.responsible_member_id is null then
        perform private.refuse('ticket.needsResponsible');
      elsif new.status = 'open' and new.responsible_member_id is not null then
        new.status := 'assigned';
      end if;
    end if;
    if new.status in ('closed', 'cancelled') and old.closed_at is null then
      new.closed_at := now();
      new.waiting_since := null;
    elsif new.status not in ('closed', 'cancelled') then
      new.closed_at := null;
    end if;
  else
    if new.created_by_member_id is not null then
      new.owner_ids := array[new.created_by_member_id];
    else
      new.owner_ids := '{}';
    end if;
    if new.responsible_member_id is not null and new.status = 'open' then
      new.status := 'assigned';
    end if;
    if new.responsible_member_id is not null then
      new.claimed_at := now();
    end if;
    if new.status in ('closed', 'cancelled') then
      new.closed_at := coalesce(new.closed_at, now());
    end if;
  end if;
  if tg_op = 'INSERT' or new.pool_id <> old.pool_id then
    if exists (select from lotse.pools p where p.id = new.pool_id and p.archived_at is not null) then
      perform private.refuse('pool.archived');
    end if;
  end if;
  -- Who acts is alive: it was asked when he began (private.open_command, private.claim). The look-ups stand in conditions of their own: beside others
  -- in one they are a query for each change of a ticket.
  if new.responsible_member_id is not null
    and (tg_op = 'INSERT' or new.responsible_member_id is distinct from old.responsible_member_id)
    and new.responsible_member_id is distinct from private.member() then
    if exists (select from lotse.members m where m.id = new.responsible_member_id and m.deactivated_at is not null) then
      perform private.refuse('member.notFound');
    end if;
  end if;
  if new.responsible_group_id is not null
    and (tg_op = 'INSERT' or new.responsible_group_id is distinct from old.responsible_group_id) then
    if exists (select from lotse.groups g where g.id = new.responsible_group_id and g.archived_at is not null) then
      perform private.refuse('group.notFound');
    end if;
  end if;
  return new;
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
  -- An assignment is evaluated as it stands, where "perform" is a query of its own.
  done text;
begin
  done := set_config('lotse.workspace', in_workspace::text, true);
  done := set_config('lotse.member', by_member::text, true);
  done := set_config('lotse.command', command::text, true);
  -- Before any other lock.
  done := pg_advisory_xact_lock(hashtextextended('command:' || command, 0));
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
