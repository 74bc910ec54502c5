-- Tickets, who is responsible, who else belongs to them.

-- Who hears of a ticket: the rooms that its events go to. A generated column, so that no verb can forget it.
create function private.audience(pool uuid, member uuid, grp uuid, owners uuid[]) returns text[]
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  rooms text[] := array['moderators', 'pool:' || pool];
  person uuid;
begin
  if grp is not null then
    rooms := rooms || ('group:' || grp);
  end if;
  if member is not null and member <> all (owners) then
    rooms := rooms || ('member:' || member);
  end if;
  foreach person in array owners loop
    rooms := rooms || ('member:' || person);
  end loop;
  return rooms;
end
$$;

create table lotse.tickets (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  number int not null check (number > 0),
  subject text not null check (length(subject) between 1 and 250),
  description text not null default '' check (length(description) <= 20000),
  kind text not null default '' check (length(kind) <= 60),
  pool_id uuid not null,
  status text not null default 'open'
    check (status in ('draft', 'open', 'assigned', 'in_progress', 'done', 'closed', 'cancelled')),
  visibility text not null default 'public' check (visibility in ('internal', 'public')),
  priority text not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
  channel text not null default 'hand' check (channel in ('mail', 'form', 'portal', 'phone', 'code', 'api', 'hand')),
  tags text[] not null default '{}' check (cardinality(tags) <= 20),
  requester_id uuid,
  responsible_member_id uuid,
  responsible_group_id uuid,
  -- Supporters and the creator, kept by a trigger on ticket_owners, so that a policy needs no look-up.
  owner_ids uuid[] not null default '{}',
  created_by_member_id uuid,
  due_at timestamptz,
  created_at timestamptz not null default now(),
  claimed_at timestamptz,
  first_answered_at timestamptz,
  closed_at timestamptz,
  last_message_at timestamptz,
  -- The last word of a customer that no agent has answered yet, else null.
  waiting_since timestamptz,
  last_customer_at timestamptz,
  audience text[] not null
    generated always as (private.audience(pool_id, responsible_member_id, responsible_group_id, owner_ids)) stored,
  unique (workspace_id, id),
  unique (workspace_id, number),
  check (responsible_member_id is null or responsible_group_id is null),
  check (status <> 'open' or responsible_member_id is null),
  check (status <> 'assigned' or responsible_member_id is not null),
  check ((status in ('closed', 'cancelled')) = (closed_at is not null)),
  foreign key (workspace_id, pool_id) references lotse.pools (workspace_id, id) on delete restrict,
  foreign key (workspace_id, requester_id) references lotse.contacts (workspace_id, id) on delete restrict,
  foreign key (workspace_id, responsible_member_id) references lotse.members (workspace_id, id) on delete restrict,
  foreign key (workspace_id, responsible_group_id) references lotse.groups (workspace_id, id) on delete restrict,
  foreign key (workspace_id, created_by_member_id) references lotse.members (workspace_id, id) on delete restrict
);

-- Each claim writes every index anew, so those hold only the rows that have something to find.
create index tickets_pool on lotse.tickets (workspace_id, pool_id, created_at);
create index tickets_live on lotse.tickets (workspace_id, created_at) where status not in ('closed', 'cancelled');
create index tickets_responsible on lotse.tickets (workspace_id, responsible_member_id) where responsible_member_id is not null;
create index tickets_group on lotse.tickets (workspace_id, responsible_group_id) where responsible_group_id is not null;
create index tickets_requester on lotse.tickets (workspace_id, requester_id) where requester_id is not null;
create index tickets_creator on lotse.tickets (workspace_id, created_by_member_id) where created_by_member_id is not null;

create table lotse.ticket_owners (
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  ticket_id uuid not null,
  member_id uuid not null,
  role text not null check (role in ('supporter', 'creator')),
  created_at timestamptz not null default now(),
  primary key (ticket_id, member_id, role),
  foreign key (workspace_id, ticket_id) references lotse.tickets (workspace_id, id) on delete cascade,
  foreign key (workspace_id, member_id) references lotse.members (workspace_id, id) on delete restrict
);

create index ticket_owners_member on lotse.ticket_owners (workspace_id, member_id);

-- The customers of a ticket: its requester and further ones. A stranger who wrote into the thread is kept as not
-- verified: his words are shown, he sees nothing.
create table lotse.ticket_customers (
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  ticket_id uuid not null,
  contact_id uuid not null,
  verified boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (ticket_id, contact_id),
  foreign key (workspace_id, ticket_id) references lotse.tickets (workspace_id, id) on delete cascade,
  foreign key (workspace_id, contact_id) references lotse.contacts (workspace_id, id) on delete cascade
);

create index ticket_customers_contact on lotse.ticket_customers (workspace_id, contact_id);

-- How far a member has read, for the unread dot.
create table lotse.ticket_reads (
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  ticket_id uuid not null,
  member_id uuid not null,
  read_at timestamptz not null default now(),
  primary key (member_id, ticket_id),
  foreign key (workspace_id, ticket_id) references lotse.tickets (workspace_id, id) on delete cascade,
  foreign key (workspace_id, member_id) references lotse.members (workspace_id, id) on delete cascade
);

create index ticket_reads_ticket on lotse.ticket_reads (workspace_id, ticket_id);

-- Who looked, for the history; a table of its own, since a look changes nothing.
create table lotse.ticket_views (
  id bigint generated always as identity primary key,
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  ticket_id uuid not null,
  member_id uuid,
  contact_id uuid,
  viewed_at timestamptz not null default now(),
  check (num_nonnulls(member_id, contact_id) <= 1),
  foreign key (workspace_id, ticket_id) references lotse.tickets (workspace_id, id) on delete cascade,
  foreign key (workspace_id, member_id) references lotse.members (workspace_id, id) on delete cascade,
  foreign key (workspace_id, contact_id) references lotse.contacts (workspace_id, id) on delete cascade
);

create index ticket_views_ticket on lotse.ticket_views (workspace_id, ticket_id, viewed_at);
create index ticket_views_member on lotse.ticket_views (workspace_id, member_id);
create index ticket_views_contact on lotse.ticket_views (workspace_id, contact_id);

-- A secret link to one ticket for one participant. The token is this id and a keyed hash over id and generation
-- (server/domain/links.ts); the database keeps what ends it.
create table lotse.ticket_links (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  ticket_id uuid not null,
  contact_id uuid not null,
  generation int not null default 1,
  expires_at timestamptz not null default now() + interval '1 year',
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  unique (ticket_id, contact_id),
  foreign key (workspace_id, ticket_id) references lotse.tickets (workspace_id, id) on delete cascade,
  foreign key (workspace_id, contact_id) references lotse.contacts (workspace_id, id) on delete cascade
);

create index ticket_links_contact on lotse.ticket_links (workspace_id, contact_id);

alter table lotse.tickets enable row level security;
alter table lotse.ticket_owners enable row level security;
alter table lotse.ticket_customers enable row level security;
alter table lotse.ticket_reads enable row level security;
alter table lotse.ticket_views enable row level security;
alter table lotse.ticket_links enable row level security;

revoke execute on all functions in schema private from public;
-- Whoever writes a row computes its generated column.
grant execute on function private.audience to lotse_member, lotse_system;
