-- Message (the customer sees it), comment (internal only) and update are one thing in one table: an action.

create table lotse.messages (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  ticket_id uuid not null,
  kind text not null check (kind in ('message', 'comment', 'update')),
  visibility text not null check (visibility in ('internal', 'public')),
  author_member_id uuid,
  author_contact_id uuid,
  channel text not null default 'app' check (channel in ('app', 'page', 'portal', 'mail', 'form', 'api')),
  -- What the author wrote, made safe; quoted text of a mail stands apart and is folded away, never dropped.
  body_html text not null default '' check (length(body_html) <= 1000000),
  body_text text not null default '' check (length(body_text) <= 1000000),
  quoted_html text not null default '' check (length(quoted_html) <= 2000000),
  -- Automatic mail (out of office, bounce, list) never changes a ticket and is shown as what it is.
  machine text not null default '' check (machine in ('', 'automatic', 'bounce')),
  verified boolean not null default true,
  occurred_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  withdrawn_at timestamptz,
  unique (workspace_id, id),
  unique (workspace_id, id, visibility),
  check (kind <> 'message' or visibility = 'public'),
  check (kind <> 'comment' or visibility = 'internal'),
  check (author_contact_id is null or visibility = 'public'),
  check (num_nonnulls(author_member_id, author_contact_id) <= 1),
  foreign key (workspace_id, ticket_id) references lotse.tickets (workspace_id, id) on delete cascade,
  foreign key (workspace_id, author_member_id) references lotse.members (workspace_id, id) on delete restrict,
  foreign key (workspace_id, author_contact_id) references lotse.contacts (workspace_id, id) on delete restrict
);

create index messages_ticket on lotse.messages (ticket_id, occurred_at);
create index messages_workspace_ticket on lotse.messages (workspace_id, ticket_id);
create index messages_author on lotse.messages (workspace_id, author_member_id);
create index messages_contact on lotse.messages (workspace_id, author_contact_id);

-- What stood there before an edit or a withdrawal: the team can look it up, the customer cannot.
create table lotse.message_versions (
  id bigint generated always as identity primary key,
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  message_id uuid not null,
  body_html text not null,
  body_text text not null,
  replaced_at timestamptz not null default now(),
  foreign key (workspace_id, message_id) references lotse.messages (workspace_id, id) on delete cascade
);

create index message_versions_message on lotse.message_versions (workspace_id, message_id);

alter table lotse.messages enable row level security;
alter table lotse.message_versions enable row level security;

-- Locks the ticket it judges: without that a message got onto a ticket closed meanwhile. A new message changes the
-- ticket as well, so it takes the stronger lock at once: two who write at the same time would else wait for each other.
create function private.guard_message() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  state text;
begin
  if tg_op = 'INSERT' then
    select t.status into state from lotse.tickets t where t.id = new.ticket_id for no key update;
    if state in ('closed', 'cancelled') and (new.author_contact_id is not null or new.visibility = 'public') then
      perform private.refuse('ticket.closed');
    end if;
    return new;
  end if;
  select t.status into state from lotse.tickets t where t.id = new.ticket_id for share;
  if (new.id, new.workspace_id, new.ticket_id, new.kind, new.visibility, new.author_member_id, new.author_contact_id, new.created_at)
    is distinct from (old.id, old.workspace_id, old.ticket_id, old.kind, old.visibility, old.author_member_id, old.author_contact_id, old.created_at) then
    perform private.refuse('row.immutable');
  end if;
  if state in ('closed', 'cancelled') and new.author_contact_id is not null then
    perform private.refuse('ticket.closed');
  end if;
  if old.withdrawn_at is not null then
    perform private.refuse('message.withdrawn');
  end if;
  if new.body_html <> old.body_html or new.withdrawn_at is not null then
    insert into lotse.message_versions (workspace_id, message_id, body_html, body_text)
    values (old.workspace_id, old.id, old.body_html, old.body_text);
  end if;
  if new.withdrawn_at is not null then
    new.body_html := '';
    new.body_text := '';
    new.quoted_html := '';
  elsif new.body_html <> old.body_html then
    new.edited_at := now();
  end if;
  return new;
end
$$;

create trigger messages_guard before insert or update on lotse.messages
for each row execute function private.guard_message();

grant select, insert, update, delete on lotse.messages to lotse_system;
grant select, insert on lotse.message_versions to lotse_system;
grant select on lotse.messages, lotse.message_versions to lotse_member;
grant insert (id, workspace_id, ticket_id, kind, visibility, author_member_id, channel, body_html, body_text, occurred_at)
  on lotse.messages to lotse_member;
grant update (body_html, body_text, withdrawn_at) on lotse.messages to lotse_member, lotse_customer;
grant select (id, workspace_id, ticket_id, kind, visibility, author_member_id, author_contact_id, channel, body_html, body_text,
  quoted_html, machine, occurred_at, created_at, edited_at, withdrawn_at) on lotse.messages to lotse_customer;
grant insert (id, workspace_id, ticket_id, kind, visibility, author_contact_id, channel, body_html, body_text) on lotse.messages to lotse_customer;

create policy system_all on lotse.messages to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.messages for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

create policy worker_insert on lotse.messages for insert to lotse_member
with check (
  workspace_id = (select private.staff_workspace())
  and author_member_id = (select private.member())
  and author_contact_id is null
  and private.may_work(ticket_id)
);

create policy author_update on lotse.messages for update to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and author_member_id = (select private.member())
  and private.may_work(ticket_id)
)
with check (workspace_id = (select private.staff_workspace()) and author_member_id = (select private.member()));

-- A machine's mail is the team's business: the customer is not shown his own out-of-office answer or a bounce.
create policy customer_select on lotse.messages for select to lotse_customer
using (
  visibility = 'public'
  and machine = ''
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

create policy customer_insert on lotse.messages for insert to lotse_customer
with check (
  workspace_id = (select private.customer_workspace())
  and author_contact_id = (select private.customer())
  and author_member_id is null
  and visibility = 'public'
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

create policy customer_update on lotse.messages for update to lotse_customer
using (
  author_contact_id = (select private.customer())
  and exists (select from lotse.tickets t where t.id = ticket_id)
)
with check (author_contact_id = (select private.customer()));

create policy system_all on lotse.message_versions to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.message_versions for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and exists (select from lotse.messages m where m.id = message_id)
);

-- A customer learns the names of the person responsible for his ticket and of those who wrote to him, and no others.
create policy customer_select on lotse.members for select to lotse_customer
using (
  workspace_id = (select private.customer_workspace())
  and id in (
    select t.responsible_member_id
    from lotse.tickets t
    where t.responsible_member_id is not null
    union all
    select m.author_member_id
    from lotse.messages m
    where m.author_member_id is not null
  )
);

-- Further participants write too: their names stand beside their public words.
create policy participant_select on lotse.contacts for select to lotse_customer
using (
  workspace_id = (select private.customer_workspace())
  and id in (
    select m.author_contact_id
    from lotse.messages m
    where m.author_contact_id is not null
  )
);

revoke execute on all functions in schema private from public;
