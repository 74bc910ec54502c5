-- Whose mail it is that leaves: an agent looks after what he caused.
alter table lotse.outgoing_mails
  -- Null: nobody wrote or ordered it.
  add column member_id uuid default private.member(),
  -- Somebody has seen that it failed, and it is no longer asked of anybody.
  add column noted_at timestamptz,
  add foreign key (workspace_id, member_id) references lotse.members (workspace_id, id) on delete set null (member_id);

update lotse.outgoing_mails o set member_id = said.author_member_id
from lotse.messages said
where said.id = o.ticket_message_id and said.author_member_id is not null;

update lotse.outgoing_mails o set member_id = c.asked_by_member_id
from lotse.consultations c
where c.id = o.consultation_id;

create index outgoing_mails_member on lotse.outgoing_mails (workspace_id, member_id, created_at);

grant select (member_id, noted_at) on lotse.outgoing_mails to lotse_member;
