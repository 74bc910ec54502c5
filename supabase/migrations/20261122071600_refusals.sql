-- As it was, but who was put out meanwhile is not handed what he was answered before.
create or replace function private.refuse_command(command uuid, command_name text, refusal jsonb) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  standing jsonb := jsonb_build_object('refused', refusal);
begin
  insert into lotse.commands (workspace_id, actor, id, name, answer)
  values (private.workspace(), private.actor_key(), command, command_name, standing)
  on conflict (workspace_id, actor, id) do nothing;
  if not found then
    perform private.refuse_unless_alive();
    select c.answer into standing
    from lotse.commands c
    where c.workspace_id = private.workspace()
      and c.actor = private.actor_key()
      and c.id = command;
  end if;
  return standing;
end
$$;
