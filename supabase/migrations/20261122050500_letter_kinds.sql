-- Kinds of mail beside confirmation, message and closing: a question to the customers, interim information, a request for a
-- statement, what is forwarded for information, and the notice to a pool's address.
alter table lotse.outgoing_mails
  drop constraint outgoing_mails_kind_check,
  add constraint outgoing_mails_kind_check check (
    kind in (
      'confirmation', 'message', 'question', 'interim', 'closing', 'statement', 'forward', 'notice', 'invitation', 'magicLink',
      'passwordReset'
    )
  );
