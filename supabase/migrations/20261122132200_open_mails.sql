-- What is under way or went wrong is a handful beside all that ever left; an agent's own page shows it first.
create index outgoing_mails_open on lotse.outgoing_mails (workspace_id, member_id, created_at)
where noted_at is null and state in ('queued', 'sending', 'held', 'failed', 'unknown', 'bounced');
