-- Incoming mail: what the ledger says of time, where reading began, who reads, and whether mailbox and ledger agree.

alter table lotse.mails
  -- Milliseconds by step: wait, read, place, file.
  add column spent jsonb not null default '{}' check (jsonb_typeof(spent) = 'object'),
  add column ended_at timestamptz,
  -- Too large to be fetched whole: head and text only, `size` is the original's, which stays in the mailbox.
  add column is_partial boolean not null default false;

-- The mails of one transaction keep their order.
alter table lotse.mails
  alter column received_at set default clock_timestamp(),
  alter column next_attempt_at set default clock_timestamp();

-- An answer waits for the mail it answers.
create index mails_waiting on lotse.mails (account_id, message_id) where state in ('stored', 'parsed', 'threaded') and message_id <> '';

alter table lotse.mail_accounts
  -- What of an old mailbox is taken up at the first look.
  add column first_look text not null default 'now' check (first_look in ('now', 'days', 'all')),
  add column first_look_days int not null default 30 check (first_look_days between 1 and 3650),
  -- Reading began behind this UID: what lies before it was never ours.
  add column start_uid bigint,
  -- Counts each time the lease is taken: whoever held an earlier one writes nothing any more.
  add column lease_token bigint not null default 0,
  add column reconciled_at timestamptz;

update lotse.mail_accounts a
set start_uid = coalesce(
  (select min(m.uid) - 1 from lotse.mails m where m.account_id = a.id and m.uid_validity = a.uid_validity),
  a.last_uid
)
where a.uid_validity is not null;

grant select (first_look, first_look_days, reconciled_at) on lotse.mail_accounts to lotse_member;
grant insert (first_look, first_look_days), update (first_look, first_look_days) on lotse.mail_accounts to lotse_member;

-- Once a day the UIDs of a mailbox are held against those of the ledger.
create table lotse.mail_reconciliations (
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  account_id uuid not null,
  day date not null default (now() at time zone 'utc')::date,
  uid_validity bigint not null,
  checked_at timestamptz not null default now(),
  -- Mails of the days that were looked at.
  in_mailbox int not null check (in_mailbox >= 0),
  -- Those the ledger did not know, the first hundred of them by UID, and how many were fetched then.
  missing int not null default 0 check (missing >= 0),
  missing_uids bigint[] not null default '{}' check (cardinality(missing_uids) <= 100),
  fetched int not null default 0 check (fetched >= 0),
  primary key (account_id, day),
  foreign key (workspace_id, account_id) references lotse.mail_accounts (workspace_id, id) on delete cascade
);

create index mail_reconciliations_workspace on lotse.mail_reconciliations (workspace_id, account_id);

alter table lotse.mail_reconciliations enable row level security;

grant select, insert, update, delete on lotse.mail_reconciliations to lotse_system;
grant select on lotse.mail_reconciliations to lotse_member;

create policy system_all on lotse.mail_reconciliations to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy administrator_select on lotse.mail_reconciliations for select to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));
