-- Somebody told his provider that a mail of ours is spam: nothing that nobody wrote goes to him any more.
alter table lotse.outgoing_mails
  add column complained_at timestamptz;

create index outgoing_mails_complained on lotse.outgoing_mails (workspace_id, to_address) where complained_at is not null;
