-- By these two Outlook puts a thread together, whatever becomes of Message-IDs on the way; the answer carries them back.
alter table lotse.mails
  add column thread_index text not null default '' check (length(thread_index) <= 400),
  add column thread_topic text not null default '' check (length(thread_topic) <= 250);
