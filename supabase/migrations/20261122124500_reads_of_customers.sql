-- What a customer may read is found by his tickets, and what was answered lately by its domain. Both read whole tables before: all messages
-- for the name of each participant, all mails that ever left for each confirmation, since under a policy no index over a function is used
-- that is not leakproof (CREATE FUNCTION).

drop policy customer_select on lotse.messages;
create policy customer_select on lotse.messages for select to lotse_customer
using (
  ticket_id = any ((select private.customer_tickets())::uuid[])
  and visibility = 'public'
  and machine = ''
  and private.is_shown(shown_at)
  and (shown_at is null or withdrawn_at is null or withdrawn_at > shown_at)
);

-- Each asks for one row, by its key. A plan that was made when the desk was young would read all of a table that has grown since.
alter function private.link_id() set enable_seqscan = off;
alter function private.customer() set enable_seqscan = off;
alter function private.customer_workspace() set enable_seqscan = off;
alter function private.customer_tickets() set enable_seqscan = off;

-- A subject without "Re:" and the like, numbers, and what stands between the words.
create function private.subject_stem(subject text) returns text
language sql immutable parallel safe
return regexp_replace(regexp_replace(lower(subject), '^(\s*[[:alpha:]]{1,10}:)+', ''), '[^[:alpha:]]+', '', 'g');

-- An address without what its owner may write into it as he likes.
create function private.mailbox_of(address text) returns text
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  bare text := regexp_replace(lower(address), '\+[^@]*@', '@');
begin
  return case when bare ~ '@(gmail|googlemail)[.]com$' then replace(split_part(bare, '@', 1), '.', '') else bare end;
end
$$;

-- How many confirmations the domain of this address got within the hour: all of them; of tickets whose subject is like this one's, those of
-- contacts that nobody knew so many hours ago; and of these tickets those to the same mailbox.
create function private.crowd_of(ticket uuid, address text, new_hours int, out everybody int, out alike int, out same_mailbox int)
language plpgsql stable security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  asking lotse.tickets;
  stem text;
  mailbox text := private.mailbox_of(address);
begin
  select * into asking from lotse.tickets t where t.id = ticket and private.system_reaches(t.workspace_id);
  stem := private.subject_stem(asking.subject);
  select
    count(*),
    count(*) filter (where is_alike and (c.created_at is null or c.created_at > now() - make_interval(hours => new_hours))),
    count(*) filter (where is_alike and private.mailbox_of(o.to_address) = mailbox)
  into everybody, alike, same_mailbox
  from lotse.outgoing_mails o
  join lotse.tickets t on t.workspace_id = o.workspace_id and t.id = o.ticket_id
  cross join lateral (select private.subject_stem(t.subject) = stem) s (is_alike)
  left join lotse.contacts c on c.workspace_id = o.workspace_id and c.id = o.contact_id
  where o.workspace_id = asking.workspace_id
    and o.kind = 'confirmation'
    and o.created_at > now() - interval '1 hour'
    and split_part(lower(o.to_address), '@', 2) = split_part(lower(address), '@', 2);
end
$$;

revoke execute on all functions in schema private from public;
grant execute on function private.crowd_of to lotse_system;
