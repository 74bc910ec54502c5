import { m } from '#lib/i18n/paraglide/messages.js';
import type { Refusal } from '#lib/shared/errors.ts';
import { faultSentence, isTrouble } from '#lib/ui/trouble.ts';

const sentences: Record<string, () => string> = {
  'ticket.closed': m.errors_ticket_closed,
  'ticket.forbidden': m.errors_ticket_forbidden,
  'ticket.isInternal': m.errors_ticket_is_internal,
  'consult.ownAddress': m.errors_consult_own_address,
  'ticket.notFound': m.errors_ticket_not_found,
  'ticket.needsResponsible': m.errors_ticket_needs_responsible,
  forbidden: m.errors_forbidden,
  'not.found': m.errors_not_found,
  'in.use': m.errors_in_use,
  'bad.input': m.errors_bad_input,
  'already.exists': m.errors_already_exists,
  'command.unknown': m.errors_command_unknown,
  busy: m.errors_busy,
  'command.tooOld': m.faults_too_old,
  unexpected: m.errors_unexpected,
  'too.many': m.errors_too_many,
  'too.large': m.errors_too_large,
  'signIn.needed': m.errors_sign_in_needed,
  'member.notFound': m.errors_member_not_found,
  'member.exists': m.errors_member_exists,
  'member.lastAdministrator': m.errors_member_last_administrator,
  'group.notFound': m.errors_group_not_found,
  'pool.notFound': m.errors_pool_not_found,
  'pool.archived': m.errors_pool_archived,
  'pool.inUse': m.errors_pool_in_use,
  'pool.tooFull': m.errors_pool_too_full,
  'pool.tooDeep': m.errors_pool_too_deep,
  'contact.notFound': m.errors_contact_not_found,
  'contact.hasHiddenTickets': m.errors_contact_has_hidden_tickets,
  'message.notFound': m.errors_message_not_found,
  'message.withdrawn': m.errors_message_withdrawn,
  'message.empty': m.errors_message_empty,
  'block.notFound': m.errors_block_not_found,
  'message.left': m.sending_left,
  'file.notFound': m.errors_file_not_found,
  'file.refused': m.errors_file_refused,
  'file.tooLarge': m.errors_file_too_large,
  'file.ticketFull': m.errors_file_ticket_full,
  'link.invalid': m.errors_link_invalid,
  'link.notFound': m.errors_link_not_found,
  'invitation.invalid': m.errors_invitation_invalid,
  'mail.notFound': m.errors_mail_not_found,
  'filter.notFound': m.errors_filter_not_found,
  'filter.tooMany': m.errors_filter_too_many,
  'mail.noSender': m.errors_mail_no_sender,
  'mail.filedAlready': m.errors_mail_filed_already,
  'mail.erased': m.errors_mail_erased,
  'outgoing.notFound': m.errors_outgoing_not_found,
  'account.notFound': m.errors_account_not_found,
  'dkim.notFound': m.errors_dkim_not_found,
  'oauth.expired': m.errors_oauth_expired,
  'oauth.refused': m.errors_oauth_refused,
  'oauth.away': m.errors_oauth_away,
  'oauth.noRefreshToken': m.errors_oauth_no_refresh_token,
  'oauth.notSetUp': m.errors_oauth_not_set_up,
  'secret.unreadable': m.errors_secret_unreadable,
  'workspace.notFound': m.errors_workspace_not_found,
  'note.generation': m.errors_note_generation,
  'row.immutable': m.errors_row_immutable,
};

/** Lost to somebody, who has a name. */
const races: Record<string, (who: { name: string }) => string> = {
  'ticket.taken': m.errors_ticket_taken,
  'mail.taken': m.errors_mail_taken,
  'mail.decided': m.errors_mail_decided,
};

/** One sentence for a refused command. `nameOf` says who a member is: who lost a race hears who won. */
export function sentenceOf({ code, detail }: Refusal, nameOf: (member: string) => string | undefined): string {
  if (!(code in sentences) && isTrouble(code)) return `${faultSentence(code)} ${m.faults_again()}`;
  const race = races[code];
  if (!race) return (sentences[code] ?? m.errors_unexpected)();
  return race({ name: nameOf(String(detail['winner'] ?? detail['member'])) ?? m.errors_somebody() });
}
