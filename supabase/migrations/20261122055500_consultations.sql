-- A person outside the team is asked for a statement, or is given a ticket's content for information. He gets no link and sees
-- no ticket; what he answers comes back by the address that was signed for him, which carries `handle`.
create table lotse.consultations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  ticket_id uuid not null,
  contact_id uuid not null,
  kind text not null check (kind in ('statement', 'forward')),
  -- The comment that keeps what was asked.
  message_id uuid not null,
  handle int not null generated always as identity unique,
  -- Who reads the answer.
  answers text not null default 'internal' check (answers in ('internal', 'public')),
  -- The public course went along.
  history boolean not null,
  file_ids uuid[] not null default '{}' check (cardinality(file_ids) <= 20),
  asked_by_member_id uuid not null,
  asked_at timestamptz not null default now(),
  answered_at timestamptz,
  unique (workspace_id, id),
  foreign key (workspace_id, ticket_id) references lotse.tickets (workspace_id, id) on delete cascade,
  foreign key (workspace_id, contact_id) references lotse.contacts (workspace_id, id) on delete cascade,
  foreign key (workspace_id, message_id) references lotse.messages (workspace_id, id) on delete cascade,
  foreign key (workspace_id, asked_by_member_id) references lotse.members (workspace_id, id) on delete restrict
);

create index consultations_ticket on lotse.consultations (workspace_id, ticket_id);
create index consultations_contact on lotse.consultations (workspace_id, contact_id);
create index consultations_message on lotse.consultations (workspace_id, message_id);
create index consultations_member on lotse.consultations (workspace_id, asked_by_member_id);

alter table lotse.outgoing_mails
  add column consultation_id uuid,
  add constraint outgoing_mails_consultation check ((kind in ('statement', 'forward')) = (consultation_id is not null)),
  add foreign key (workspace_id, consultation_id) references lotse.consultations (workspace_id, id) on delete cascade;

create index outgoing_mails_consultation on lotse.outgoing_mails (workspace_id, consultation_id);

alter table lotse.consultations enable row level security;

grant select, insert, update, delete on lotse.consultations to lotse_system;
grant select on lotse.consultations to lotse_member;
grant insert (id, workspace_id, ticket_id, contact_id, kind, message_id, answers, history, file_ids, asked_by_member_id)
  on lotse.consultations to lotse_member;
grant select (consultation_id) on lotse.outgoing_mails to lotse_member;

create policy system_all on lotse.consultations to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.consultations for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

create policy worker_insert on lotse.consultations for insert to lotse_member
with check (
  workspace_id = (select private.staff_workspace())
  and asked_by_member_id = (select private.member())
  and private.may_work(ticket_id)
);
