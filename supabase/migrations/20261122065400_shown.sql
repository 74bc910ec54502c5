-- A message whose mail still waits to be taken back is the team's alone; the customer is shown it when it cannot be taken back any more.

alter table lotse.messages
  -- Not the customer's to see before; null is at once.
  add column shown_at timestamptz,
  -- False while the customers' pages are still to be told that they may show it.
  add column is_told boolean not null default true;

create index messages_untold on lotse.messages (shown_at) where not is_told and withdrawn_at is null;

-- What was withdrawn before he could see it was never there for him.
drop policy customer_select on lotse.messages;
create policy customer_select on lotse.messages for select to lotse_customer
using (
  visibility = 'public'
  and machine = ''
  and (shown_at is null or (shown_at <= now() and (withdrawn_at is null or withdrawn_at > shown_at)))
  and exists (select from lotse.tickets t where t.id = ticket_id)
);
