-- What of a ticket a customer sees, and as whom.

-- The three outside identities. A link lives while it is neither revoked nor past its end, and while its holder is a
-- verified participant: whoever was taken off the ticket has lost his link with it.

create function private.link_id() returns uuid
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (
    select l.id
    from lotse.ticket_links l
    join lotse.ticket_customers tc on tc.ticket_id = l.ticket_id and tc.contact_id = l.contact_id and tc.verified
    where l.id = private.setting('link')
      and l.workspace_id = private.workspace()
      and l.revoked_at is null
      and l.expires_at > now()
  );
end
$$;

create function private.customer() returns uuid
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if private.setting('link') is not null then
    return (select l.contact_id from lotse.ticket_links l where l.id = private.link_id());
  end if;
  return (select c.id from lotse.contacts c where c.id = private.setting('contact') and c.workspace_id = private.workspace());
end
$$;

create function private.customer_workspace() returns uuid
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (select c.workspace_id from lotse.contacts c where c.id = private.customer());
end
$$;

-- Public tickets of the acting customer: the one of his link, or all that he takes part in, verified.
create function private.customer_tickets() returns uuid[]
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if private.setting('link') is not null then
    return array(
      select t.id
      from lotse.ticket_links l
      join lotse.tickets t on t.id = l.ticket_id
      where l.id = private.link_id()
        and t.visibility = 'public'
        and t.status <> 'draft'
    );
  end if;
  return array(
    select t.id
    from lotse.ticket_customers tc
    join lotse.tickets t on t.id = tc.ticket_id
    where tc.workspace_id = private.workspace()
      and tc.contact_id = private.customer()
      and tc.verified
      and t.visibility = 'public'
      and t.status <> 'draft'
  );
end
$$;

grant select (id, workspace_id, number, subject, status, visibility, created_at, closed_at, requester_id, responsible_member_id)
  on lotse.tickets to lotse_customer;
grant select (workspace_id, ticket_id, contact_id) on lotse.ticket_customers to lotse_customer;

create policy customer_select on lotse.tickets for select to lotse_customer
using (id = any ((select private.customer_tickets())::uuid[]));

create policy customer_select on lotse.ticket_customers for select to lotse_customer
using (
  contact_id = (select private.customer())
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

create policy customer_select on lotse.contacts for select to lotse_customer
using (id = (select private.customer()));

create policy customer_select on lotse.workspaces for select to lotse_customer
using (id = (select private.customer_workspace()));

revoke execute on all functions in schema private from public;
grant execute on function private.customer, private.customer_workspace, private.customer_tickets to lotse_customer;
-- The system writes a customer's event in the customer's transaction.
grant execute on function private.customer to lotse_system;
