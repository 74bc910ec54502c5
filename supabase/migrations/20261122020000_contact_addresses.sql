-- Mail goes where an address says. Whoever does not see all tickets of a customer could otherwise send himself what is
-- written in the hidden ones.

create function private.guard_address() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  contact uuid := case when tg_op = 'INSERT' then new.contact_id else old.contact_id end;
  me uuid := private.member();
  groups uuid[];
  pools uuid[];
begin
  if me is not null and not coalesce(private.is_moderator(), false) then
    groups := private.groups();
    pools := private.pools();
    if exists (
      select
      from lotse.ticket_customers tc
      join lotse.tickets t on t.workspace_id = tc.workspace_id and t.id = tc.ticket_id
      where tc.workspace_id = private.workspace()
        and tc.contact_id = contact
        and not (
          t.pool_id = any (pools)
          or t.responsible_member_id is not distinct from me
          or coalesce(t.responsible_group_id = any (groups), false)
          or me = any (t.owner_ids)
        )
    ) then
      perform private.refuse('contact.hasHiddenTickets');
    end if;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;

create trigger contact_addresses_guard before insert or update or delete on lotse.contact_addresses
for each row execute function private.guard_address();

revoke execute on function private.guard_address from public;
