-- A password that lies unused while the mailbox is opened by a token goes to no other server either: it is forgotten when the
-- server or the user changes then, or it would be sent there once the account is back to passwords.
create or replace function private.guard_account() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  moved boolean := (new.imap_host, new.imap_port, new.imap_user) is distinct from (old.imap_host, old.imap_port, old.imap_user)
    or (new.imap_security <> old.imap_security and new.imap_security <> 'tls');
begin
  if private.member() is null then
    return new;
  end if;
  if moved and old.imap_password <> '' and new.imap_password_at is not distinct from old.imap_password_at then
    if new.imap_auth = 'password' then
      perform private.refuse('account.passwordNeeded');
    end if;
    new.imap_password := '';
  end if;
  if new.oauth_refresh_token = old.oauth_refresh_token and (moved or new.imap_auth <> old.imap_auth) then
    new.oauth_refresh_token := '';
    new.oauth_connected_at := null;
  end if;
  return new;
end
$$;
