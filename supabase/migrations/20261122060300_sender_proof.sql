-- The name under which the mail server before us writes its Authentication-Results (RFC 8601). Only its word about a sender counts;
-- empty: nobody's does.
alter table lotse.mail_accounts add column authserv_id text not null default '' check (length(authserv_id) <= 253);

grant select (authserv_id), insert (authserv_id), update (authserv_id) on lotse.mail_accounts to lotse_member;
