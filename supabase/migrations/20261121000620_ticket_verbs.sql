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

create function private.keep_owner_ids() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  ticket uuid := coalesce(new.ticket_id, old.ticket_id);
begin
  update lotse.tickets t
  set owner_ids = coalesce(
    (select array_agg(distinct o.member_id order by o.member_id) from lotse.ticket_owners o where o.ticket_id = ticket),
    '{}'
  )
  where t.id = ticket
    and t.owner_ids is distinct from coalesce(
      (select array_agg(distinct o.member_id order by o.member_id) from lotse.ticket_owners o where o.ticket_id = ticket),
      '{}'
    );
  return null;
end
$$;

create trigger ticket_owners_ids after insert or delete on lotse.ticket_owners
for each row execute function private.keep_owner_ids();

-- Claim: one statement decides. Of any number of simultaneous calls exactly one finds the ticket without a responsible
-- person; the others are told who won.
create function private.claim(ticket uuid) returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  winner uuid;
  state text;
begin
  if not private.sees(ticket) then
    perform private.refuse('ticket.notFound');
  end if;
  update lotse.tickets t
  set responsible_member_id = private.member(), responsible_group_id = null
  where t.id = ticket
    and t.responsible_member_id is null
    and t.status in ('open', 'draft')
    and (
      t.pool_id = any (private.pools())
      or t.responsible_group_id = any (private.groups())
    );
  if found then
    return;
  end if;
  select t.responsible_member_id, t.status into winner, state from lotse.tickets t where t.id = ticket;
  if winner = private.member() then
    return;
  elsif winner is not null then
    perform private.refuse('ticket.taken', jsonb_build_object('winner', winner));
  elsif state not in ('open', 'draft') then
    perform private.refuse('ticket.closed');
  end if;
  perform private.refuse('ticket.forbidden');
end
$$;

-- Who may give a ticket away: moderators, the responsible person, and members of the responsible group.
create function private.may_hand_over(ticket uuid) returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select
    from lotse.tickets t
    where t.id = ticket
      and t.workspace_id = private.staff_workspace()
      and (
        private.is_moderator()
        or t.responsible_member_id = private.member()
        or t.responsible_group_id = any (private.groups())
      )
  )
$$;

create function private.refuse_unless_handing_over(ticket uuid) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  if not private.sees(ticket) then
    perform private.refuse('ticket.notFound');
  elsif not private.may_hand_over(ticket) then
    perform private.refuse('ticket.forbidden');
  elsif exists (select from lotse.tickets t where t.id = ticket and t.closed_at is not null) then
    perform private.refuse('ticket.closed');
  end if;
end
$$;

create function private.release(ticket uuid) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.refuse_unless_handing_over(ticket);
  update lotse.tickets t
  set responsible_member_id = null, responsible_group_id = null
  where t.id = ticket;
end
$$;

create function private.assign(ticket uuid, assignee_member uuid, assignee_group uuid) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.refuse_unless_handing_over(ticket);
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
end
$$;

-- Into another pool, back among the unclaimed ones: another team takes over.
create function private.move(ticket uuid, pool uuid) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.refuse_unless_handing_over(ticket);
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
end
$$;

revoke execute on all functions in schema private from public;
grant execute on all functions in schema private to lotse_member, lotse_customer, lotse_system;
