-- When somebody agreed last at the provider: the token itself may be exchanged by the provider at each use.
alter table lotse.mail_accounts add column oauth_connected_at timestamptz;

grant select (oauth_connected_at), update (oauth_connected_at) on lotse.mail_accounts to lotse_member;
