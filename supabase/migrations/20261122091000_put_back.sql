-- A clock that was put back must keep no message from its customer for hours, nor its mail from being written: a moment further
-- away than anybody lets a message wait has been already.

create function private.is_shown(shown_at timestamptz) returns boolean
language sql stable parallel safe
return shown_at is null or shown_at <= now() or shown_at > now() + interval '5 minutes';

drop policy customer_select on lotse.messages;
create policy customer_select on lotse.messages for select to lotse_customer
using (
  visibility = 'public'
  and machine = ''
  and private.is_shown(shown_at)
  and (shown_at is null or withdrawn_at is null or withdrawn_at > shown_at)
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

revoke execute on all functions in schema private from public;
grant execute on function private.is_shown to lotse_member, lotse_customer, lotse_system;
