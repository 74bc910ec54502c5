// Why a mail of the ledger ended as it did. Codes are stored (lotse.mails.reason); each has its sentence in src/lib/admin/mail-words.ts.

export const mailReasons = [
  'ticket.created',
  'ticket.created, closed',
  'ticket.created, maybe',
  'ticket.answered by address',
  'ticket.answered by ownId',
  'ticket.answered by foreignId',
  'ticket.answered by subject',
  'ticket.commented by address',
  'ticket.commented by ownId',
  'ticket.commented by foreignId',
  'ticket.commented by subject',
  'inbox',
  'inbox, closed',
  'inbox, maybe',
  'inbox.ticket',
  'inbox.attached',
  'inbox.archived',
  'inbox.ignored',
  'filter.ticket',
  'filter.moved',
  'filter.inbox',
  'filter.ignored',
  'duplicate',
  'own',
  'own.check',
  'report',
  'closed',
] as const;

export type MailReason = (typeof mailReasons)[number];

/** Why one could not be worked on: it waits for another attempt, or was given up. */
export const mailFailures = [
  'unreadable: size',
  'unreadable: time',
  'unreadable: memory',
  'unreadable: crash',
  'mail.erased',
  'mail.unfetched',
  'mail.interrupted',
  'mail.filedAlready',
  'ticket.closed',
] as const;

/** What a mail is, apart from where it went. Stored in lotse.mails.verdicts. */
export type MailVerdict =
  | 'proven'
  | 'spam'
  | 'forged'
  | 'handed_on'
  | 'no_auto_answer'
  | 'automatic'
  | 'list'
  | 'bounce'
  | 'complaint'
  | 'report'
  | 'own_mail'
  | 'check';
