import { m } from '#lib/i18n/paraglide/messages.js';

/** What a colleague did with a mail, by the code it was filed with. */
export const decisionWords: Record<string, (what: { name: string; subject: string }) => string> = {
  'inbox.ticket': m.inbox_heard_ticket,
  'inbox.attached': m.inbox_heard_attached,
  'inbox.archived': m.inbox_heard_archived,
  'inbox.ignored': m.inbox_heard_ignored,
};

/** The same, where one looks at it. */
export const decidedWords: Record<string, (who: { name: string }) => string> = {
  'inbox.ticket': m.inbox_decided_ticket,
  'inbox.attached': m.inbox_decided_attached,
  'inbox.archived': m.inbox_decided_archived,
  'inbox.ignored': m.inbox_decided_ignored,
};

export const showWords = {
  waiting: m.inbox_show_waiting,
  archived: m.inbox_show_archived,
  ignored: m.inbox_show_ignored,
};

export function senderOf({ fromName, fromAddress }: { fromName: string; fromAddress: string }): string {
  return fromName || fromAddress || m.admin_no_sender();
}
