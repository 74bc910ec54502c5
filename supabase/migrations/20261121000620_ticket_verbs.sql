-- The verbs that may end the actor's own sight: they check first, since a plain update of a row that its author may no
-- longer see is refused.

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
