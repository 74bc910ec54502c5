-- Commands done: sent twice, done once, the stored answer given to the same actor only. Kept 7 days.
create table lotse.commands (
  -- No foreign key, here and in events: each command would lock its workspace's row, with all others at the same time.
  -- Whoever acts is known to be of it, an event is stamped by its counter, and private.forget_workspace cascades.
  workspace_id uuid not null,
  actor text not null,
  id uuid not null,
  name text not null,
  answer jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (workspace_id, actor, id)
)
-- Room for the answer beside its command, so that no index hears of it.
with (fillfactor = 70);

create index commands_age on lotse.commands using brin (created_at);

-- The actor as one word; the same person's repeated command gets the stored answer.
create function private.actor_key() returns text
language sql stable parallel safe
return coalesce(
  'member:' || private.setting('member'),
  'contact:' || private.setting('contact'),
  'link:' || private.setting('link'),
  'system'
);

-- Whoever was deactivated, or whose link has ended, meanwhile: even what he had been answered is not for him any more.
create function private.refuse_unless_alive() returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if private.setting('member') is not null then
    if private.staff_workspace() is null then
      perform private.refuse('forbidden');
    end if;
  elsif private.setting('link') is not null then
    if private.link_id() is null then
      perform private.refuse('link.invalid');
    end if;
  elsif private.setting('contact') is not null then
    if private.customer() is null then
      perform private.refuse('forbidden');
    end if;
  -- The role as it was set, not current_user, which is the owner in here.
  elsif current_setting('role') <> 'lotse_system' then
    perform private.refuse('forbidden');
  end if;
end
$$;

-- The first statement of a command's transaction: null for a new command, else the answer that was stored for it.
-- A command sent twice at once waits here for the first to end.
create function private.open_command(command uuid, command_name text) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  stored jsonb;
begin
  perform private.refuse_unless_alive();
  insert into lotse.commands (workspace_id, actor, id, name)
  values (private.workspace(), private.actor_key(), command, command_name)
  on conflict (workspace_id, actor, id) do nothing;
  if not found then
    select c.answer into stored
    from lotse.commands c
    where c.workspace_id = private.workspace()
      and c.actor = private.actor_key()
      and c.id = command;
  end if;
  return stored;
end
$$;

alter table lotse.commands enable row level security;

grant select, insert, update, delete on lotse.commands to lotse_system;

create policy system_all on lotse.commands to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

revoke execute on all functions in schema private from public;
grant execute on function private.open_command to lotse_member, lotse_customer, lotse_system;
grant execute on function private.actor_key to lotse_system;
