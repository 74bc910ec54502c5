-- What bounds one column only is a domain's: it is checked when that column is written. As a constraint of the table
-- PostgreSQL read and compiled each anew for every update, whichever column it was for: half of what a claim's update of its
-- ticket cost, and half of an event's insert.

create domain lotse.ticket_number as int check (value > 0);
create domain lotse.ticket_subject as text check (length(value) between 1 and 250);
create domain lotse.ticket_description as text check (length(value) <= 20000);
create domain lotse.ticket_kind as text check (length(value) <= 60);
create domain lotse.ticket_priority as text check (value in ('low', 'normal', 'high', 'urgent'));
create domain lotse.ticket_channel as text check (value in ('mail', 'form', 'portal', 'phone', 'code', 'api', 'hand'));
create domain lotse.event_type as text check (value ~ '^[a-z]+\.[a-zA-Z]+$');
create domain lotse.event_actor as text check (value in ('member', 'contact', 'system'));

-- Its body is bound to the columns; it comes back below as it was.
create or replace function private.card(t lotse.tickets) returns jsonb
language sql stable parallel safe
return null::jsonb;

alter table lotse.tickets
  drop constraint tickets_number_check,
  drop constraint tickets_subject_check,
  drop constraint tickets_description_check,
  drop constraint tickets_kind_check,
  drop constraint tickets_priority_check,
  drop constraint tickets_channel_check,
  alter column number type lotse.ticket_number,
  alter column subject type lotse.ticket_subject,
  alter column description type lotse.ticket_description,
  alter column kind type lotse.ticket_kind,
  alter column priority type lotse.ticket_priority,
  alter column channel type lotse.ticket_channel;

alter table lotse.events
  drop constraint events_type_check,
  drop constraint events_actor_kind_check,
  alter column type type lotse.event_type,
  alter column actor_kind type lotse.event_actor;

create or replace function private.card(t lotse.tickets) returns jsonb
language sql stable parallel safe
return jsonb_build_object(
  'id', t.id,
  'number', t.number,
  'pool', t.pool_id,
  'status', t.status,
  'visibility', t.visibility,
  'priority', t.priority,
  'channel', t.channel,
  'tags', t.tags,
  'requester', t.requester_id,
  'member', t.responsible_member_id,
  'group', t.responsible_group_id,
  'owners', t.owner_ids,
  'due', private.iso(t.due_at),
  'created', private.iso(t.created_at),
  'waiting', private.iso(t.waiting_since),
  'lastCustomer', private.iso(t.last_customer_at),
  'lastMessage', private.iso(t.last_message_at)
);

revoke execute on all functions in schema private from public;
