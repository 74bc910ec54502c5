-- Keys by which mails are signed where we are the last of ours that holds them (DKIM, RFC 6376): one for a sending domain.
create table lotse.dkim_keys (
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  domain text not null check (domain ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$' and length(domain) <= 253),
  selector text not null check (selector ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' and length(selector) <= 63),
  -- What the DNS has to say; base64 of its DER form.
  public_key text not null check (length(public_key) between 1 and 4096),
  -- Sealed (server/sealed.ts); never read by a member.
  private_key text not null check (private_key like 'sealed1.%' and length(private_key) <= 8192),
  -- Nothing is signed before somebody asked for it: a signature whose key is not published is worth nothing.
  is_on boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (workspace_id, domain)
);

alter table lotse.dkim_keys enable row level security;

grant select, insert, update, delete on lotse.dkim_keys to lotse_system;
grant select (workspace_id, domain, selector, public_key, is_on, created_at) on lotse.dkim_keys to lotse_member;
grant insert (workspace_id, domain, selector, public_key, private_key) on lotse.dkim_keys to lotse_member;
grant update (is_on) on lotse.dkim_keys to lotse_member;
grant delete on lotse.dkim_keys to lotse_member;

create policy system_all on lotse.dkim_keys to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy administrator_all on lotse.dkim_keys to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()))
with check (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));
