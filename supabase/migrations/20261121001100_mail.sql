-- Mail: the ledger of what came in, the queue of what goes out.

-- The ledger: every mail that was ever handed to us, first. Raw bytes inline up to 256 KB, else in the file home.
create table lotse.mails (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  account_id uuid not null,
  uid_validity bigint,
  uid bigint,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint not null check (size >= 0),
  raw bytea check (length(raw) <= 262144),
  storage_key text check (length(storage_key) <= 200),
  envelope_from text not null default '' check (length(envelope_from) <= 320),
  envelope_to text[] not null default '{}' check (cardinality(envelope_to) <= 100),
  state text not null default 'stored' check (state in ('stored', 'parsed', 'threaded', 'filed', 'ignored', 'failed')),
  -- Why it ended as it did, as a code: ticket.created, ticket.answered, ticket.closed, duplicate, own, automatic, unreadable, …
  reason text not null default '' check (length(reason) <= 500),
  attempts int not null default 0,
  next_attempt_at timestamptz not null default now(),
  message_id text not null default '' check (length(message_id) <= 998),
  from_address text not null default '' check (length(from_address) <= 320),
  from_name text not null default '' check (length(from_name) <= 320),
  subject text not null default '' check (length(subject) <= 998),
  verdicts text[] not null default '{}',
  sent_at timestamptz,
  ticket_id uuid,
  ticket_message_id uuid,
  maybe_ticket_id uuid,
  duplicate_of_id uuid,
  -- The original was marked, moved or deleted at the server.
  settled_at timestamptz,
  received_at timestamptz not null default now(),
  unique (workspace_id, id),
  check (num_nonnulls(raw, storage_key) <= 1),
  foreign key (workspace_id, account_id) references lotse.mail_accounts (workspace_id, id) on delete restrict,
  foreign key (workspace_id, ticket_id) references lotse.tickets (workspace_id, id) on delete set null (ticket_id),
  foreign key (workspace_id, maybe_ticket_id) references lotse.tickets (workspace_id, id) on delete set null (maybe_ticket_id),
  foreign key (workspace_id, ticket_message_id) references lotse.messages (workspace_id, id) on delete set null (ticket_message_id),
  foreign key (workspace_id, duplicate_of_id) references lotse.mails (workspace_id, id) on delete set null (duplicate_of_id)
);

create unique index mails_uid on lotse.mails (account_id, uid_validity, uid) where uid is not null;
create index mails_sha256 on lotse.mails (account_id, sha256);
create index mails_message_id on lotse.mails (workspace_id, message_id) where message_id <> '';
create index mails_due on lotse.mails (next_attempt_at) where state in ('stored', 'parsed', 'threaded');
create index mails_unsettled on lotse.mails (account_id) where settled_at is null and uid is not null;
create index mails_account on lotse.mails (workspace_id, account_id, received_at);
create index mails_ticket on lotse.mails (workspace_id, ticket_id);
create index mails_maybe_ticket on lotse.mails (workspace_id, maybe_ticket_id);
create index mails_ticket_message on lotse.mails (workspace_id, ticket_message_id);
create index mails_duplicate on lotse.mails (workspace_id, duplicate_of_id);

-- Going out: the row is written in the transaction of what it tells of; the bytes are built once and are what is sent.
create table lotse.outgoing_mails (
  id uuid primary key default gen_random_uuid(),
  -- Null: sign-in mail of a person, who belongs to no single workspace. Never shown to a member.
  workspace_id uuid references lotse.workspaces (id) on delete cascade,
  kind text not null check (kind in ('confirmation', 'message', 'closing', 'invitation', 'magicLink', 'passwordReset')),
  account_id uuid,
  ticket_id uuid,
  contact_id uuid,
  ticket_message_id uuid,
  -- What leaves for a customer is public; the foreign key below makes the message agree.
  visibility text not null default 'public' check (visibility = 'public'),
  invitation_id uuid,
  -- What a template needs and cannot look up later (link of a sign-in mail, closing text). Blanked once the bytes are built.
  input jsonb not null default '{}',
  language text not null default 'de' check (language in ('de', 'en')),
  to_address text not null check (length(to_address) between 3 and 320),
  subject text not null default '' check (length(subject) <= 998),
  message_id text not null default '' check (length(message_id) <= 998),
  envelope_from text not null default '' check (length(envelope_from) <= 320),
  bytes bytea check (length(bytes) <= 41943040),
  state text not null default 'queued'
    check (state in ('queued', 'sending', 'sent', 'failed', 'unknown', 'held', 'cancelled', 'bounced')),
  attempts int not null default 0,
  next_attempt_at timestamptz not null default now(),
  lease_until timestamptz,
  response text not null default '' check (length(response) <= 1000),
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  unique (workspace_id, id),
  check ((kind in ('magicLink', 'passwordReset')) = (workspace_id is null)),
  -- Foreign keys with a null are not looked at.
  check (workspace_id is not null or num_nonnulls(account_id, ticket_id, contact_id, ticket_message_id, invitation_id) = 0),
  foreign key (workspace_id, account_id) references lotse.mail_accounts (workspace_id, id) on delete restrict,
  foreign key (workspace_id, ticket_id) references lotse.tickets (workspace_id, id) on delete cascade,
  foreign key (workspace_id, contact_id) references lotse.contacts (workspace_id, id) on delete restrict,
  foreign key (workspace_id, ticket_message_id, visibility) references lotse.messages (workspace_id, id, visibility) on delete cascade,
  foreign key (workspace_id, invitation_id) references lotse.invitations (workspace_id, id) on delete cascade
);

create index outgoing_mails_due on lotse.outgoing_mails (next_attempt_at) where state in ('queued', 'sending', 'unknown');
create index outgoing_mails_page on lotse.outgoing_mails (workspace_id, created_at);
create index outgoing_mails_ticket on lotse.outgoing_mails (workspace_id, ticket_id);
create index outgoing_mails_ticket_message on lotse.outgoing_mails (workspace_id, ticket_message_id);
create index outgoing_mails_account on lotse.outgoing_mails (workspace_id, account_id);
create index outgoing_mails_contact on lotse.outgoing_mails (workspace_id, contact_id);
create index outgoing_mails_invitation on lotse.outgoing_mails (workspace_id, invitation_id);
create index outgoing_mails_message_id on lotse.outgoing_mails (message_id) where message_id <> '';
create unique index outgoing_mails_once on lotse.outgoing_mails (ticket_message_id, to_address) where ticket_message_id is not null;

alter table lotse.mails enable row level security;
alter table lotse.outgoing_mails enable row level security;

grant select, insert, update, delete on lotse.mails, lotse.outgoing_mails to lotse_system;
grant select on lotse.mails to lotse_member;
grant select (id, workspace_id, kind, account_id, ticket_id, contact_id, ticket_message_id, language, to_address, subject, message_id,
  state, attempts, next_attempt_at, response, created_at, sent_at) on lotse.outgoing_mails to lotse_member;

create policy system_all on lotse.mails to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.mails for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and case
    when ticket_id is null then (select private.is_administrator())
    else exists (select from lotse.tickets t where t.id = ticket_id)
  end
);

create policy system_all on lotse.outgoing_mails to lotse_system
using (workspace_id is null or private.system_reaches(workspace_id))
with check (workspace_id is null or private.system_reaches(workspace_id));

-- A mail about a ticket is seen with the ticket; its bytes hold the customer's own link, see private.outgoing_bytes.
create policy staff_select on lotse.outgoing_mails for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and case
    when ticket_id is null then (select private.is_administrator())
    else exists (select from lotse.tickets t where t.id = ticket_id)
  end
);

-- The account that a ticket's mail is sent from: the one its last mail came to, else its pool's, else the workspace's oldest.
create function private.account_of(ticket uuid) returns uuid
language sql stable security definer
set search_path = ''
as $$
  select a.id
  from lotse.tickets t
  join lotse.mail_accounts a on a.workspace_id = t.workspace_id and a.archived_at is null
  left join lateral (
    select max(m.received_at) as at
    from lotse.mails m
    where m.ticket_id = t.id and m.account_id = a.id
  ) last on true
  where t.id = ticket
  order by last.at desc nulls last, (a.pool_id = t.pool_id) desc, a.created_at
  limit 1
$$;

-- The mail as it left, with the recipient's link in it: whoever holds the link can write as the customer, so it is for
-- those who may write on the ticket anyway. Without a ticket (an invitation) it is the administrators'.
create function private.outgoing_bytes(mail uuid) returns bytea
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (
    select o.bytes
    from lotse.outgoing_mails o
    where o.id = mail
      and o.workspace_id = private.staff_workspace()
      and case when o.ticket_id is null then private.is_administrator() else private.may_work(o.ticket_id) end
  );
end
$$;

revoke execute on all functions in schema private from public;
grant execute on function private.account_of to lotse_system;
grant execute on function private.outgoing_bytes to lotse_member;
