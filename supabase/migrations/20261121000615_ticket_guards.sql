-- What a ticket may become: automatisms and guards.

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
  -- Named by mistake: who never wrote here is no customer of the ticket any more, and his link ends with it.
  if tg_op = 'UPDATE' and new.requester_id is distinct from old.requester_id then
    delete from lotse.ticket_customers tc
    where tc.ticket_id = new.id
      and tc.contact_id = old.requester_id
      and not exists (
        select from lotse.messages m where m.ticket_id = new.id and m.author_contact_id = old.requester_id
      );
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

revoke execute on all functions in schema private from public;
