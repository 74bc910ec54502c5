-- The address of a pool hears of each new ticket; counted by address, since a flood of tickets must not become one of mails.
create index outgoing_mails_notices on lotse.outgoing_mails (to_address, created_at) where kind = 'notice';

-- Whether the group that a pool names becomes responsible for its new tickets.
alter table lotse.workspaces add column assigns_groups boolean not null default false;

grant update (assigns_groups) on lotse.workspaces to lotse_member;
