-- Passwords and tokens of mail servers lie sealed (server/sealed.ts); a mailbox may also be opened by OAuth2.

alter table lotse.mail_accounts
  drop constraint mail_accounts_imap_password_check,
  add constraint mail_accounts_imap_password_check check (length(imap_password) <= 4096),
  -- How the mailbox is opened: by password, or by a token that Google, Microsoft or the operator's own server gave.
  add column imap_auth text not null default 'password' check (imap_auth in ('password', 'google', 'microsoft', 'other')),
  -- Sealed; lives until it is taken back at the provider.
  add column oauth_refresh_token text not null default '' check (length(oauth_refresh_token) <= 16384);

-- Those that came before are sealed at the next start, before anything else is done with their rows.
alter table lotse.mail_accounts
  add constraint mail_accounts_sealed
  check ((imap_password = '' or imap_password like 'sealed1.%') and (oauth_refresh_token = '' or oauth_refresh_token like 'sealed1.%'))
  not valid;

grant select (imap_auth) on lotse.mail_accounts to lotse_member;
grant insert (imap_auth), update (imap_auth, oauth_refresh_token) on lotse.mail_accounts to lotse_member;

-- A token sent to another server is given away as a password is: it goes when the server or the user changes.
create or replace function private.guard_account() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  moved boolean := (new.imap_host, new.imap_port, new.imap_user) is distinct from (old.imap_host, old.imap_port, old.imap_user)
    or (new.imap_security <> old.imap_security and new.imap_security <> 'tls');
begin
  if private.member() is not null
    and old.imap_password <> ''
    and new.imap_password_at is not distinct from old.imap_password_at
    and new.imap_auth = 'password'
    and moved then
    perform private.refuse('account.passwordNeeded');
  end if;
  if private.member() is not null
    and new.oauth_refresh_token = old.oauth_refresh_token
    and (moved or new.imap_auth <> old.imap_auth) then
    new.oauth_refresh_token := '';
  end if;
  return new;
end
$$;

revoke execute on all functions in schema private from public;
