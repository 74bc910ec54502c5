-- What a ticket may become: automatisms and guards, and the verbs that may end the actor's own sight.

create function private.guard_ticket() returns trigger
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
  -- Who acts is alive: it was asked when he began (private.open_command, private.claim).
  if new.responsible_member_id is not null
    and (tg_op = 'INSERT' or new.responsible_member_id is distinct from old.responsible_member_id)
    and new.responsible_member_id is distinct from private.member()
    and exists (select from lotse.members m where m.id = new.responsible_member_id and m.deactivated_at is not null) then
    perform private.refuse('member.notFound');
  end if;
  if new.responsible_group_id is not null
    and (tg_op = 'INSERT' or new.responsible_group_id is distinct from old.responsible_group_id)
    and exists (select from lotse.groups g where g.id = new.responsible_group_id and g.archived_at is not null) then
    perform private.refuse('group.notFound');
  end if;
  return new;
end
$$;

create trigger tickets_guard before insert or update on lotse.tickets
for each row execute function private.guard_ticket();

create function private.keep_ticket_people() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' and new.created_by_member_id is not null then
    insert into lotse.ticket_owners (workspace_id, ticket_id, member_id, role)
    values (new.workspace_id, new.id, new.created_by_member_id, 'creator');
  end if;
  if new.requester_id is not null and (tg_op = 'INSERT' or new.requester_id is distinct from old.requester_id) then
    insert into lotse.ticket_customers (workspace_id, ticket_id, contact_id)
    values (new.workspace_id, new.id, new.requester_id)
    on conflict (ticket_id, contact_id) do update set verified = true;
  end if;
  return null;
end
$$;

create trigger tickets_people after insert or update of requester_id on lotse.tickets
for each row execute function private.keep_ticket_people();

-- Locks first and counts second: of two supporters added at once the later would else write the list without the earlier.
create function private.keep_owner_ids() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  ticket uuid := coalesce(new.ticket_id, old.ticket_id);
  owners uuid[];
begin
  perform from lotse.tickets t where t.id = ticket for no key update;
  owners := array(select distinct o.member_id from lotse.ticket_owners o where o.ticket_id = ticket order by o.member_id);
  update lotse.tickets t set owner_ids = owners where t.id = ticket and t.owner_ids <> owners;
  return null;
end
$$;

create trigger ticket_owners_ids after insert or delete on lotse.ticket_owners
for each row execute function private.keep_owner_ids();

-- Claim: one statement decides. Of any number of simultaneous calls exactly one finds the ticket without a responsible
-- person; the others are told who won. Returns the holder before, or null where the actor was responsible already.
--
-- Asks for this one ticket what private.pools() and private.groups() say of all, in one look-up by keys: the board's
-- busiest moment is many people at one pool. What it judged by is part of the update's condition; a ticket that was moved or
-- given to a group in between is looked at again.
create function private.claim(ticket uuid) returns jsonb
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

-- Who may give a ticket away: moderators, the responsible person, and members of the responsible group.
create function private.may_hand_over(ticket uuid) returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare
  moderates boolean := private.is_moderator();
  groups uuid[] := private.groups();
begin
  return exists (
    select
    from lotse.tickets t
    where t.id = ticket
      and t.workspace_id = private.staff_workspace()
      and (moderates or t.responsible_member_id = private.member() or t.responsible_group_id = any (groups))
  );
end
$$;

-- Looks, locks and looks again: what is judged must still hold when it is written, or a ticket closed or handed on
-- meanwhile would change once more. Nobody holds a lock on a ticket he does not see.
create function private.lock_for_handing_over(ticket uuid) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  if not private.sees(ticket) then
    perform private.refuse('ticket.notFound');
  end if;
  perform from lotse.tickets t where t.id = ticket for no key update;
  if not private.sees(ticket) then
    perform private.refuse('ticket.notFound');
  elsif not private.may_hand_over(ticket) then
    perform private.refuse('ticket.forbidden');
  elsif exists (select from lotse.tickets t where t.id = ticket and t.closed_at is not null) then
    perform private.refuse('ticket.closed');
  end if;
end
$$;

-- The three below return whether anything changed.

create function private.release(ticket uuid) returns boolean
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.lock_for_handing_over(ticket);
  update lotse.tickets t
  set responsible_member_id = null, responsible_group_id = null
  where t.id = ticket
    and num_nonnulls(t.responsible_member_id, t.responsible_group_id) > 0;
  return found;
end
$$;

create function private.assign(ticket uuid, assignee_member uuid, assignee_group uuid) returns boolean
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.lock_for_handing_over(ticket);
  if assignee_member is not null and not exists (
    select from lotse.members m
    where m.id = assignee_member and m.workspace_id = private.workspace() and m.deactivated_at is null
  ) then
    perform private.refuse('member.notFound');
  end if;
  if assignee_group is not null and not exists (
    select from lotse.groups g
    where g.id = assignee_group and g.workspace_id = private.workspace() and g.archived_at is null
  ) then
    perform private.refuse('group.notFound');
  end if;
  update lotse.tickets t
  set responsible_member_id = assignee_member, responsible_group_id = assignee_group
  where t.id = ticket
    and (t.responsible_member_id, t.responsible_group_id) is distinct from (assignee_member, assignee_group);
  return found;
end
$$;

-- Into another pool, back among the unclaimed ones: another team takes over.
create function private.move(ticket uuid, pool uuid) returns boolean
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.lock_for_handing_over(ticket);
  if not exists (
    select from lotse.pools p
    where p.id = pool and p.workspace_id = private.workspace()
  ) then
    perform private.refuse('pool.notFound');
  end if;
  update lotse.tickets t
  set pool_id = pool, responsible_member_id = null, responsible_group_id = null
  where t.id = ticket
    and (t.pool_id, t.responsible_member_id, t.responsible_group_id) is distinct from (pool, null::uuid, null::uuid);
  return found;
end
$$;

revoke execute on all functions in schema private from public;
grant execute on function private.claim, private.release, private.assign, private.move, private.may_hand_over to lotse_member;
