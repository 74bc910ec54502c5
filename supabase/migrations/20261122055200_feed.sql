-- What the feed of a process reads after each wake-up, as one statement: begin, identity, query and commit were three ways to the
-- database and back between a commit and its boards. With the owner's rights, since it is the server's own reading; whom an event
-- goes to is written in it.
--
-- Its plan is made once, along the index of the ledger and the keys of what is joined: between two numbers PostgreSQL planned anew
-- each time, which took longer than reading.
create function private.events_after(in_workspace uuid, after_seq bigint, up_to bigint, most int)
returns table (
  seq bigint, class text, customer_seq bigint, type text, ticket_id uuid, actor_kind text, actor_member_id uuid, actor_contact_id uuid,
  command_id uuid, audience text[], payload jsonb, created_at timestamptz, subject text, present_audience text[], contact_name text
)
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
  return query
  select
    e.seq, e.class, e.customer_seq, e.type::text, e.ticket_id, e.actor_kind::text, e.actor_member_id, e.actor_contact_id,
    e.command_id, e.audience, e.payload, e.created_at,
    t.subject::text, t.audience, c.name
  from lotse.events e
  left join lotse.tickets t on t.workspace_id = e.workspace_id and t.id = e.ticket_id
  left join lotse.contacts c
    on c.workspace_id = e.workspace_id
    and c.id = case
      when e.type = 'contact.changed' then e.payload #>> '{data,contact}'
      else e.payload #>> '{card,requester}'
    end::uuid
  where e.workspace_id = in_workspace
    and e.seq > after_seq
    and e.seq <= up_to
  order by e.seq
  limit most;
end
$$;

revoke execute on all functions in schema private from public;
grant execute on function private.events_after to lotse_app;
