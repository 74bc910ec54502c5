-- Shared notes: one Yjs document per ticket, internal. Updates are appended under the lock of the notes row and folded
-- into the snapshot now and then. A new generation makes old copies in browsers worthless (erasure).

create table lotse.notes (
  ticket_id uuid primary key,
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  generation int not null default 1,
  last_seq bigint not null default 0,
  snapshot bytea not null default '' check (length(snapshot) <= 16777216),
  snapshot_seq bigint not null default 0,
  updated_at timestamptz not null default now(),
  unique (workspace_id, ticket_id),
  check (snapshot_seq <= last_seq),
  foreign key (workspace_id, ticket_id) references lotse.tickets (workspace_id, id) on delete cascade
);

create table lotse.note_updates (
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  ticket_id uuid not null,
  generation int not null,
  seq bigint not null,
  bytes bytea not null check (length(bytes) between 1 and 1048576),
  member_id uuid,
  created_at timestamptz not null default now(),
  primary key (ticket_id, generation, seq),
  foreign key (workspace_id, ticket_id) references lotse.notes (workspace_id, ticket_id) on delete cascade,
  foreign key (workspace_id, member_id) references lotse.members (workspace_id, id) on delete set null (member_id)
);

create index note_updates_ticket on lotse.note_updates (workspace_id, ticket_id);
create index note_updates_member on lotse.note_updates (workspace_id, member_id);

alter table lotse.notes enable row level security;
alter table lotse.note_updates enable row level security;

-- Appends one update and returns its seq; makes the document on first use.
create function private.append_note(ticket uuid, of_generation int, update_bytes bytea) returns bigint
language plpgsql security definer
set search_path = ''
as $$
declare
  next_seq bigint;
begin
  if not private.sees(ticket) then
    perform private.refuse('ticket.notFound');
  elsif not private.may_work(ticket) then
    perform private.refuse('ticket.forbidden');
  end if;
  insert into lotse.notes (ticket_id, workspace_id) values (ticket, private.workspace())
  on conflict (ticket_id) do nothing;
  update lotse.notes n
  set last_seq = n.last_seq + 1, updated_at = now()
  where n.ticket_id = ticket and n.generation = of_generation
  returning n.last_seq into next_seq;
  if next_seq is null then
    perform private.refuse('note.generation');
  end if;
  insert into lotse.note_updates (workspace_id, ticket_id, generation, seq, bytes, member_id)
  values (private.workspace(), ticket, of_generation, next_seq, update_bytes, private.member());
  return next_seq;
end
$$;

grant select, insert, update, delete on lotse.notes, lotse.note_updates to lotse_system;
grant select on lotse.notes, lotse.note_updates to lotse_member;

create policy system_all on lotse.notes to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.notes for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

create policy system_all on lotse.note_updates to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.note_updates for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

revoke execute on all functions in schema private from public;
grant execute on function private.append_note to lotse_member;
