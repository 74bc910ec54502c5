-- What was answered by itself lately, by the domain it went to: a responder that changes its address each time stays in its domain.
create index outgoing_mails_automatic on lotse.outgoing_mails (workspace_id, split_part(lower(to_address), '@', 2), created_at)
where kind = 'confirmation';
