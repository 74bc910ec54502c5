-- Contacts are customers; an address belongs to one contact of a workspace.

create table lotse.organisations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  name text not null check (length(name) between 1 and 120),
  created_at timestamptz not null default now(),
  unique (workspace_id, id)
);

create unique index organisations_name on lotse.organisations (workspace_id, lower(name));

create table lotse.contacts (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  organisation_id uuid,
  user_id uuid,
  salutation text not null default '' check (salutation in ('', 'ms', 'mr', 'mx')),
  title text not null default '' check (length(title) <= 40),
  name text not null check (length(name) between 1 and 120),
  phone text not null default '' check (length(phone) <= 40),
  language text not null default 'de' check (language in ('de', 'en')),
  remark text not null default '' check (length(remark) <= 4000),
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  foreign key (workspace_id, organisation_id) references lotse.organisations (workspace_id, id) on delete restrict
);

create index contacts_organisation on lotse.contacts (workspace_id, organisation_id);
create unique index contacts_user on lotse.contacts (workspace_id, user_id) where user_id is not null;

create table lotse.contact_addresses (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  contact_id uuid not null,
  address text not null check (address = lower(address) and length(address) between 3 and 254),
  is_primary boolean not null default true,
  created_at timestamptz not null default now(),
  unique (workspace_id, address),
  foreign key (workspace_id, contact_id) references lotse.contacts (workspace_id, id) on delete cascade
);

create index contact_addresses_contact on lotse.contact_addresses (workspace_id, contact_id);
create unique index contact_addresses_primary on lotse.contact_addresses (contact_id) where is_primary;

alter table lotse.organisations enable row level security;
alter table lotse.contacts enable row level security;
alter table lotse.contact_addresses enable row level security;

grant select, insert, update, delete on lotse.organisations, lotse.contacts, lotse.contact_addresses to lotse_system;
grant select on lotse.organisations, lotse.contact_addresses to lotse_member;
-- Not the account: it is the same in every workspace of the person.
grant select (id, workspace_id, organisation_id, salutation, title, name, phone, language, remark, created_at)
  on lotse.contacts to lotse_member;
grant insert (id, workspace_id, name), update (name) on lotse.organisations to lotse_member;
grant insert (id, workspace_id, organisation_id, salutation, title, name, phone, language, remark),
  update (organisation_id, salutation, title, name, phone, language, remark) on lotse.contacts to lotse_member;
grant insert (id, workspace_id, contact_id, address, is_primary), update (is_primary), delete on lotse.contact_addresses to lotse_member;
-- Another participant's name stands beside his words; how to reach him, and what the team remarks, is nobody's business.
grant select (id, workspace_id, salutation, title, name, language) on lotse.contacts to lotse_customer;

create policy system_all on lotse.organisations to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.organisations for select to lotse_member
using (workspace_id = (select private.staff_workspace()));

create policy staff_insert on lotse.organisations for insert to lotse_member
with check (workspace_id = (select private.staff_workspace()));

create policy staff_update on lotse.organisations for update to lotse_member
using (workspace_id = (select private.staff_workspace()))
with check (workspace_id = (select private.staff_workspace()));

create policy system_all on lotse.contacts to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.contacts for select to lotse_member
using (workspace_id = (select private.staff_workspace()));

create policy staff_insert on lotse.contacts for insert to lotse_member
with check (workspace_id = (select private.staff_workspace()));

create policy staff_update on lotse.contacts for update to lotse_member
using (workspace_id = (select private.staff_workspace()))
with check (workspace_id = (select private.staff_workspace()));

create policy system_all on lotse.contact_addresses to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.contact_addresses for select to lotse_member
using (workspace_id = (select private.staff_workspace()));

create policy staff_insert on lotse.contact_addresses for insert to lotse_member
with check (workspace_id = (select private.staff_workspace()));

create policy staff_update on lotse.contact_addresses for update to lotse_member
using (workspace_id = (select private.staff_workspace()))
with check (workspace_id = (select private.staff_workspace()));

create policy staff_delete on lotse.contact_addresses for delete to lotse_member
using (workspace_id = (select private.staff_workspace()));
