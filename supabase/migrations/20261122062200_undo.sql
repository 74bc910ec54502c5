-- Taking a message back while its mail waits, and what must not be answered by a machine.

alter table lotse.workspaces
  -- So long a message's mail waits, to be taken back.
  add column undo_seconds int not null default 15 check (undo_seconds between 0 and 30);

alter table lotse.messages
  -- Withdrawn before its mail left, with its words back in the composer: nothing of it is shown.
  add column taken_back boolean not null default false,
  add check (not taken_back or withdrawn_at is not null);

alter table lotse.outgoing_mails
  -- A delivery report with an id of ours said that it could not be delivered.
  add column bounced_at timestamptz;

create index outgoing_mails_bounced on lotse.outgoing_mails (workspace_id, to_address, bounced_at) where bounced_at is not null;

grant update (undo_seconds) on lotse.workspaces to lotse_member;
grant update (taken_back) on lotse.messages to lotse_member;
grant select (taken_back) on lotse.messages to lotse_customer;
