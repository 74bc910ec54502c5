-- A mail that its server could not hand over, which somebody wants tried again: its mailbox is asked, and the mail job waits for that.
alter table lotse.mails
  add column fetch_again boolean not null default false;

create index mails_fetch_again on lotse.mails (account_id) where fetch_again;
