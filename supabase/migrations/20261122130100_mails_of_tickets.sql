-- Mails in and out are seen with their ticket. As "exists" that became a list of every ticket somebody sees, made anew for each question: of
-- thirty thousand a tenth of a second, whenever a ticket was opened. A single value is looked up where it is asked for.

drop policy staff_select on lotse.mails;
create policy staff_select on lotse.mails for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and case
    when ticket_id is not null then coalesce((select true from lotse.tickets t where t.id = ticket_id), false)
    when asked_at is not null then account_id = any ((select array(select i.account_id from private.inboxes() i))::uuid[])
    else (select private.is_administrator())
  end
);

drop policy staff_select on lotse.outgoing_mails;
create policy staff_select on lotse.outgoing_mails for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and case
    when ticket_id is null then (select private.is_administrator())
    else coalesce((select true from lotse.tickets t where t.id = ticket_id), false)
  end
);

drop policy staff_select on lotse.consultations;
create policy staff_select on lotse.consultations for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and coalesce((select true from lotse.tickets t where t.id = ticket_id), false)
);
