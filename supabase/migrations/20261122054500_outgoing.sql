-- Going out: the server of each account, what became of a try, and what is known of a mail whose fate is not.

alter table lotse.mail_accounts
  -- '' is the installation's own relay (SMTP_URL).
  add column smtp_host text not null default '' check (length(smtp_host) <= 253),
  add column smtp_port int not null default 587 check (smtp_port between 1 and 65535),
  add column smtp_security text not null default 'starttls' check (smtp_security in ('tls', 'starttls', 'none')),
  add column smtp_user text not null default '' check (length(smtp_user) <= 254),
  -- Sealed (server/sealed.ts).
  add column smtp_password text not null default ''
    check (length(smtp_password) <= 4096 and (smtp_password = '' or smtp_password like 'sealed1.%')),
  -- When it was typed last, even if it was the same again.
  add column smtp_password_at timestamptz,
  -- What the provider allows; null is no limit of ours.
  add column smtp_per_minute int check (smtp_per_minute between 1 and 10000),
  -- Where the next mail's turn is, by that limit.
  add column smtp_turn_at timestamptz,
  -- Nothing is sent before: the server refused us, or the limit is reached.
  add column smtp_rests_until timestamptz,
  -- What the server said when it refused us; '' once it lets us in again.
  add column smtp_error text not null default '' check (length(smtp_error) <= 500);

alter table lotse.outgoing_mails
  -- When the text began to leave with the latest try: from then on the mail may have arrived.
  add column offered_at timestamptz,
  -- Since when a mail that the server did not take yet is being tried again.
  add column delayed_since timestamptz,
  -- Nobody could tell whether it had arrived, so it was sent once more with the same id.
  add column repeated_at timestamptz;

grant select (smtp_host, smtp_port, smtp_security, smtp_user, smtp_per_minute, smtp_rests_until, smtp_error)
  on lotse.mail_accounts to lotse_member;
grant insert (smtp_host, smtp_port, smtp_security, smtp_user, smtp_password, smtp_per_minute) on lotse.mail_accounts to lotse_member;
grant update (smtp_host, smtp_port, smtp_security, smtp_user, smtp_password, smtp_per_minute) on lotse.mail_accounts to lotse_member;
grant select (delayed_since, repeated_at) on lotse.outgoing_mails to lotse_member;

-- As for the mailbox: whoever has the password sent to another server, or in the clear, types it again. And with new settings
-- the server is asked at once.
create function private.note_smtp_password() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  new.smtp_password_at := clock_timestamp();
  return new;
end
$$;

create function private.guard_smtp() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if private.member() is not null
    and old.smtp_password <> ''
    and new.smtp_password <> ''
    and new.smtp_password_at is not distinct from old.smtp_password_at
    and (
      (new.smtp_host, new.smtp_port, new.smtp_user) is distinct from (old.smtp_host, old.smtp_port, old.smtp_user)
      or (new.smtp_security <> old.smtp_security and new.smtp_security <> 'tls')
    ) then
    perform private.refuse('account.passwordNeeded');
  end if;
  new.smtp_error := '';
  new.smtp_rests_until := null;
  return new;
end
$$;

create trigger mail_accounts_smtp_a_password before update of smtp_password on lotse.mail_accounts
for each row execute function private.note_smtp_password();

create trigger mail_accounts_smtp_guard
before update of smtp_host, smtp_port, smtp_security, smtp_user, smtp_password on lotse.mail_accounts
for each row execute function private.guard_smtp();

revoke execute on all functions in schema private from public;
