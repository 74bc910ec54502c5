-- A column that is given a domain loses what the planner knew of its values, and nothing but time brings that back: with old mails by the hundred
-- thousand, a thread was looked for through all of them. Empty tables stay unknown: one that was analyzed while it was empty counts as empty.
do $$
declare
  grown text;
begin
  foreach grown in array array['mails', 'outgoing_mails', 'messages', 'contacts', 'tickets', 'events'] loop
    if pg_relation_size(('lotse.' || grown)::regclass) > 0 then
      execute format('analyze lotse.%I', grown);
    end if;
  end loop;
end
$$;
