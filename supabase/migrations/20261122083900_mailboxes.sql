-- An account that is given another folder, user or server is another mailbox. Servers number mailboxes alike (many begin with
-- UIDVALIDITY 1), so the places of mails before were taken for those of the next: new mails were thought to be known, and
-- originals that nobody had read were removed by the numbers of others.

alter table lotse.mail_accounts
  -- How many mailboxes it had before; part of the number by which places are told apart (server/mail/imap-read.ts).
  add column mailbox int not null default 0 check (mailbox between 0 and 1000000);

create function private.note_mailbox() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  new.mailbox := old.mailbox + 1;
  new.reconciled_at := null;
  -- Who still reads the one before stores and moves nothing any more.
  new.lease_token := old.lease_token + 1;
  -- Another server alone may hold the same mails, moved there: then they are read as after new numbers, a week back, and what is
  -- known of them is known. Any other is begun as the account's first look says.
  if (new.imap_user, new.imap_folder) is distinct from (old.imap_user, old.imap_folder) then
    new.uid_validity := null;
    new.last_uid := 0;
    new.start_uid := null;
  end if;
  return new;
end
$$;

create trigger mail_accounts_mailbox before update on lotse.mail_accounts
for each row when (
  (new.imap_host, new.imap_user, new.imap_folder) is distinct from (old.imap_host, old.imap_user, old.imap_folder)
)
execute function private.note_mailbox();

revoke execute on all functions in schema private from public;
