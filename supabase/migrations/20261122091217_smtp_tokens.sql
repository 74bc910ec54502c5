-- Accounts whose mailbox is opened by a token may send by it too.
alter table lotse.mail_accounts
  add column smtp_auth text not null default 'password' check (smtp_auth in ('password', 'token')),
  -- Somebody asks the provider for a new access token just now; two at once would spend a refresh token twice.
  add column oauth_renewing_until timestamptz;

grant select (smtp_auth), insert (smtp_auth), update (smtp_auth) on lotse.mail_accounts to lotse_member;

-- A token sent to another server is given away as a password is: it goes when the server changes, or when it shall be sent to one
-- for the first time. A new consent lets a refused account in at once.
create or replace function private.guard_smtp() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  moved boolean := (new.smtp_host, new.smtp_port) is distinct from (old.smtp_host, old.smtp_port)
    or (new.smtp_security <> old.smtp_security and new.smtp_security <> 'tls');
begin
  if private.member() is null then
    return new;
  end if;
  if old.smtp_password <> ''
    and new.smtp_password <> ''
    and new.smtp_auth = 'password'
    and new.smtp_password_at is not distinct from old.smtp_password_at
    and (moved or new.smtp_user <> old.smtp_user) then
    perform private.refuse('account.passwordNeeded');
  end if;
  if new.smtp_auth = 'token' then
    -- As for the mailbox: kept unused, it would be sent elsewhere once the account is back to passwords.
    if (moved or new.smtp_user <> old.smtp_user) and new.smtp_password_at is not distinct from old.smtp_password_at then
      new.smtp_password := '';
    end if;
    if (moved or old.smtp_auth <> 'token') and new.oauth_refresh_token = old.oauth_refresh_token then
      new.oauth_refresh_token := '';
      new.oauth_connected_at := null;
    end if;
  end if;
  new.smtp_error := '';
  new.smtp_rests_until := null;
  return new;
end
$$;

drop trigger mail_accounts_smtp_guard on lotse.mail_accounts;
create trigger mail_accounts_smtp_guard
before update of smtp_host, smtp_port, smtp_security, smtp_user, smtp_password, smtp_auth, oauth_refresh_token on lotse.mail_accounts
for each row execute function private.guard_smtp();

revoke execute on all functions in schema private from public;
