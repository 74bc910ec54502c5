-- A check of a mail account: a mail to itself by the outbox, seen to arrive, and answered by the address that customers answer to.

create table lotse.account_checks (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  account_id uuid not null,
  -- Who asked for it.
  member_id uuid not null,
  state text not null default 'running' check (state in ('running', 'passed', 'failed')),
  -- Why it failed, as a code of src/lib/shared/checks.ts; '' while it did not.
  failure text not null default '' check (length(failure) <= 40),
  -- What a server said last.
  response text not null default '' check (length(response) <= 1000),
  -- Where the mail lay instead.
  folder text not null default '' check (length(folder) <= 500),
  sent_at timestamptz,
  arrived_at timestamptz,
  answered_at timestamptz,
  found_at timestamptz,
  ended_at timestamptz,
  -- When the mailbox is looked into again.
  next_look_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  check ((state = 'running') = (ended_at is null)),
  check ((state = 'failed') = (failure <> '')),
  foreign key (workspace_id, account_id) references lotse.mail_accounts (workspace_id, id) on delete cascade,
  foreign key (workspace_id, member_id) references lotse.members (workspace_id, id) on delete cascade
);

-- Of two, one would wait for what the other caused.
create unique index account_checks_running on lotse.account_checks (account_id) where state = 'running';
create index account_checks_due on lotse.account_checks (next_look_at) where state = 'running';
create index account_checks_account on lotse.account_checks (workspace_id, account_id, created_at);
create index account_checks_member on lotse.account_checks (workspace_id, member_id);

alter table lotse.account_checks enable row level security;

grant select, insert, update, delete on lotse.account_checks to lotse_system;
grant select (id, workspace_id, account_id, member_id, state, failure, response, folder, sent_at, arrived_at, answered_at, found_at, ended_at, created_at)
  on lotse.account_checks to lotse_member;
grant insert (id, workspace_id, account_id, member_id) on lotse.account_checks to lotse_member;

create policy system_all on lotse.account_checks to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy administrator_select on lotse.account_checks for select to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));

create policy self_insert on lotse.account_checks for insert to lotse_member
with check (
  workspace_id = (select private.staff_workspace())
  and (select private.is_administrator())
  and member_id = (select private.member())
);

alter table lotse.outgoing_mails
  drop constraint outgoing_mails_kind_check,
  add constraint outgoing_mails_kind_check check (
    kind in (
      'confirmation', 'message', 'question', 'interim', 'closing', 'statement', 'forward', 'notice', 'invitation', 'check', 'magicLink',
      'passwordReset'
    )
  ),
  -- The mails of a check: the first one, and the answer to it.
  add column check_id uuid,
  add column check_step text check (check_step in ('first', 'answer')),
  add constraint outgoing_mails_of_check check ((kind = 'check') = (check_id is not null) and (kind = 'check') = (check_step is not null)),
  add foreign key (workspace_id, check_id) references lotse.account_checks (workspace_id, id) on delete cascade;

create unique index outgoing_mails_check_step on lotse.outgoing_mails (workspace_id, check_id, check_step) where check_id is not null;
