-- Who sees a ticket and who may work on it. docs/access.md is the table of this; tests/database/access.test.ts holds both together.

create function private.sees(ticket uuid) returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare
  workspace uuid := private.staff_workspace();
  me uuid := private.member();
  groups uuid[] := private.groups();
  pools uuid[] := private.pools();
begin
  return exists (
    select
    from lotse.tickets t
    where t.id = ticket
      and t.workspace_id = workspace
      and (
        t.pool_id = any (pools)
        or t.responsible_member_id = me
        or t.responsible_group_id = any (groups)
        or me = any (t.owner_ids)
      )
  );
end
$$;

-- Working is narrower than seeing: moderators, the responsible person or group, supporters, and everybody with access
-- where the pool does not ask for a claim first.
create function private.may_work(ticket uuid) returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare
  role text := private.member_role();
  me uuid := private.member();
  groups uuid[] := private.groups();
begin
  return role is not null and exists (
    select
    from lotse.tickets t
    where t.id = ticket
      and t.workspace_id = private.workspace()
      and (
        role in ('administrator', 'moderator')
        or t.responsible_member_id = me
        or t.responsible_group_id = any (groups)
        or exists (
          select
          from lotse.ticket_owners o
          where o.ticket_id = t.id and o.member_id = me and o.role = 'supporter'
        )
        or exists (
          select
          from lotse.pools p
          where p.id = t.pool_id and not p.claim_before_work and p.id = any (private.pools())
        )
      )
  );
end
$$;

grant select, insert, update, delete on lotse.tickets, lotse.ticket_owners, lotse.ticket_customers, lotse.ticket_reads,
  lotse.ticket_links to lotse_system;
grant select, insert on lotse.ticket_views to lotse_system;

grant select on lotse.tickets, lotse.ticket_owners, lotse.ticket_customers, lotse.ticket_reads, lotse.ticket_views to lotse_member;
grant select (id, workspace_id, ticket_id, contact_id, expires_at, revoked_at, created_at) on lotse.ticket_links to lotse_member;
grant insert (id, workspace_id, number, subject, description, kind, pool_id, status, visibility, priority, channel, tags,
  requester_id, responsible_member_id, responsible_group_id, created_by_member_id, due_at) on lotse.tickets to lotse_member;
-- Responsibility and pool change only through the verbs below: they may end the actor's own sight.
grant update (subject, description, kind, status, visibility, priority, tags, requester_id, due_at) on lotse.tickets to lotse_member;
grant insert (workspace_id, ticket_id, member_id, role), delete on lotse.ticket_owners to lotse_member;
grant insert (workspace_id, ticket_id, contact_id), delete on lotse.ticket_customers to lotse_member;
grant insert (workspace_id, ticket_id, member_id, read_at), update (read_at) on lotse.ticket_reads to lotse_member;
grant update (revoked_at) on lotse.ticket_links to lotse_member;

create policy system_all on lotse.tickets to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.tickets for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and (
    pool_id = any ((select private.pools())::uuid[])
    or responsible_member_id = (select private.member())
    or responsible_group_id = any ((select private.groups())::uuid[])
    or (select private.member()) = any (owner_ids)
  )
);

create policy staff_insert on lotse.tickets for insert to lotse_member
with check (
  workspace_id = (select private.staff_workspace())
  and created_by_member_id = (select private.member())
);

create policy worker_update on lotse.tickets for update to lotse_member
using (workspace_id = (select private.staff_workspace()) and private.may_work(id))
with check (workspace_id = (select private.staff_workspace()));

create policy system_all on lotse.ticket_owners to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.ticket_owners for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

create policy worker_insert on lotse.ticket_owners for insert to lotse_member
with check (workspace_id = (select private.staff_workspace()) and role = 'supporter' and private.may_work(ticket_id));

create policy worker_delete on lotse.ticket_owners for delete to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and role = 'supporter'
  and (private.may_work(ticket_id) or member_id = (select private.member()))
);

create policy system_all on lotse.ticket_customers to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.ticket_customers for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

create policy worker_insert on lotse.ticket_customers for insert to lotse_member
with check (workspace_id = (select private.staff_workspace()) and private.may_work(ticket_id));

create policy worker_delete on lotse.ticket_customers for delete to lotse_member
using (workspace_id = (select private.staff_workspace()) and private.may_work(ticket_id));

create policy system_all on lotse.ticket_reads to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy self_select on lotse.ticket_reads for select to lotse_member
using (workspace_id = (select private.staff_workspace()) and member_id = (select private.member()));

create policy self_insert on lotse.ticket_reads for insert to lotse_member
with check (
  workspace_id = (select private.staff_workspace())
  and member_id = (select private.member())
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

create policy self_update on lotse.ticket_reads for update to lotse_member
using (workspace_id = (select private.staff_workspace()) and member_id = (select private.member()))
with check (workspace_id = (select private.staff_workspace()) and member_id = (select private.member()));

create policy system_all on lotse.ticket_views to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.ticket_views for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

create policy system_all on lotse.ticket_links to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.ticket_links for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

-- Nobody but the system gives a link back: the next mail brings another generation of it.
create policy worker_update on lotse.ticket_links for update to lotse_member
using (workspace_id = (select private.staff_workspace()) and private.may_work(ticket_id))
with check (workspace_id = (select private.staff_workspace()) and private.may_work(ticket_id) and revoked_at is not null);

revoke execute on all functions in schema private from public;
grant execute on function private.may_work to lotse_member;
