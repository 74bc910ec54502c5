-- A link is in many hands: what comes in by it has an end. Files of mails and of the team are not counted.
create function private.guard_upload_budget() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  -- src/lib/shared/limits.ts says the same.
  most constant bigint := 500 * 1024 * 1024;
begin
  -- One after the other, or two would both find the same room left.
  perform from lotse.tickets t where t.id = new.ticket_id for no key update;
  if (
    select coalesce(sum(f.size), 0) + new.size
    from lotse.files f
    where f.workspace_id = new.workspace_id and f.ticket_id = new.ticket_id and f.uploaded_by_contact_id is not null
  ) > most then
    perform private.refuse('file.ticketFull');
  end if;
  return new;
end
$$;

-- Before files_guard by its name: it takes the stronger lock on the ticket.
create trigger files_budget before insert on lotse.files
for each row when (new.uploaded_by_contact_id is not null and new.message_id is null)
execute function private.guard_upload_budget();

revoke execute on function private.guard_upload_budget from public;
