-- What delivery reports say of a mail, beside that it came back.
alter table lotse.outgoing_mails
  -- Where it could not be delivered, as the report names it; '' where it names nobody.
  add column bounced_address text not null default '' check (length(bounced_address) <= 320),
  -- A server on its way could not deliver it yet and goes on trying.
  add column reported_late_at timestamptz;

grant select (reported_late_at) on lotse.outgoing_mails to lotse_member;
