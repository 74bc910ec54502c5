-- What the settings ask for on each visit: the latest mails of all accounts, and how many wait for a person.
create index mails_latest on lotse.mails (workspace_id, received_at, id);
create index mails_failed on lotse.mails (workspace_id) where state = 'failed';
create index outgoing_mails_troubled on lotse.outgoing_mails (workspace_id) where state in ('failed', 'unknown', 'bounced');
