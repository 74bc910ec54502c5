-- What bounds one column of a mail, a message or a contact is a domain's, as it is for tickets (20261122023900_limits): PostgreSQL read and
-- compiled each check of a table anew for every statement that writes a row, eighteen for each step of a mail's walk. Lists keep
-- theirs, and so do columns that policies and triggers name.

-- The columns take their domains before those have conditions: so no table is written anew, and each is read once for each condition.
create domain lotse.mail_address as text;
create domain lotse.mail_line as text;
create domain lotse.mail_raw as bytea;
create domain lotse.mail_reason as text;
create domain lotse.mail_digest as text;
create domain lotse.mail_storage_key as text;
create domain lotse.mail_thread_index as text;
create domain lotse.mail_thread_topic as text;
create domain lotse.mail_recipient as text;
create domain lotse.mail_bytes as bytea;
create domain lotse.mail_response as text;
create domain lotse.message_html as text;
create domain lotse.message_quote as text;
create domain lotse.message_channel as text;
create domain lotse.contact_remark as text;
create domain lotse.contact_short as text;
create domain lotse.contact_salutation as text;

alter table lotse.mails
  drop constraint mails_envelope_from_check,
  drop constraint mails_from_address_check,
  drop constraint mails_from_name_check,
  drop constraint mails_message_id_check,
  drop constraint mails_subject_check,
  drop constraint mails_raw_check,
  drop constraint mails_reason_check,
  drop constraint mails_sha256_check,
  drop constraint mails_storage_key_check,
  drop constraint mails_thread_index_check,
  drop constraint mails_thread_topic_check,
  alter column envelope_from type lotse.mail_address,
  alter column from_address type lotse.mail_address,
  alter column from_name type lotse.mail_address,
  alter column message_id type lotse.mail_line,
  alter column subject type lotse.mail_line,
  alter column raw type lotse.mail_raw,
  alter column reason type lotse.mail_reason,
  alter column sha256 type lotse.mail_digest,
  alter column storage_key type lotse.mail_storage_key,
  alter column thread_index type lotse.mail_thread_index,
  alter column thread_topic type lotse.mail_thread_topic;

alter table lotse.outgoing_mails
  drop constraint outgoing_mails_bounced_address_check,
  drop constraint outgoing_mails_envelope_from_check,
  drop constraint outgoing_mails_message_id_check,
  drop constraint outgoing_mails_subject_check,
  drop constraint outgoing_mails_to_address_check,
  drop constraint outgoing_mails_bytes_check,
  drop constraint outgoing_mails_response_check,
  alter column bounced_address type lotse.mail_address,
  alter column envelope_from type lotse.mail_address,
  alter column message_id type lotse.mail_line,
  alter column subject type lotse.mail_line,
  alter column to_address type lotse.mail_recipient,
  alter column bytes type lotse.mail_bytes,
  alter column response type lotse.mail_response;

alter table lotse.messages
  drop constraint messages_body_html_check,
  drop constraint messages_quoted_html_check,
  drop constraint messages_channel_check,
  alter column body_html type lotse.message_html,
  alter column quoted_html type lotse.message_quote,
  alter column channel type lotse.message_channel;

alter table lotse.contacts
  drop constraint contacts_phone_check,
  drop constraint contacts_title_check,
  drop constraint contacts_remark_check,
  drop constraint contacts_salutation_check,
  alter column phone type lotse.contact_short,
  alter column title type lotse.contact_short,
  alter column remark type lotse.contact_remark,
  alter column salutation type lotse.contact_salutation;

alter domain lotse.mail_address add check (length(value) <= 320);
alter domain lotse.mail_line add check (length(value) <= 998);
alter domain lotse.mail_raw add check (length(value) <= 262144);
alter domain lotse.mail_reason add check (length(value) <= 500);
alter domain lotse.mail_digest add check (value ~ '^[0-9a-f]{64}$');
alter domain lotse.mail_storage_key add check (length(value) <= 200);
alter domain lotse.mail_thread_index add check (length(value) <= 400);
alter domain lotse.mail_thread_topic add check (length(value) <= 250);
alter domain lotse.mail_recipient add check (length(value) between 3 and 320);
alter domain lotse.mail_bytes add check (length(value) <= 41943040);
alter domain lotse.mail_response add check (length(value) <= 1000);
alter domain lotse.message_html add check (length(value) <= 1000000);
alter domain lotse.message_quote add check (length(value) <= 2000000);
alter domain lotse.message_channel add check (value in ('app', 'page', 'portal', 'mail', 'form', 'api'));
alter domain lotse.contact_remark add check (length(value) <= 4000);
alter domain lotse.contact_short add check (length(value) <= 40);
alter domain lotse.contact_salutation add check (value in ('', 'ms', 'mr', 'mx'));
