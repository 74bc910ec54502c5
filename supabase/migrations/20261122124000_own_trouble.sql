-- Every page of an agent counts his mails that need him: among all that ever left they were looked for one by one.
create index outgoing_mails_unsettled on lotse.outgoing_mails (workspace_id)
where noted_at is null and (state in ('failed', 'unknown', 'bounced') or (state = 'held' and response <> ''));
