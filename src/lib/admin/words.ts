import { sentenceOf } from '#lib/live/refusals.ts';
import { problemSentence } from '#lib/letters/words.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Refusal } from '#lib/shared/errors.ts';
import type { Role } from '#lib/shared/ticket.ts';

export const roleWords: Record<Role, () => string> = {
  administrator: m.admin_role_administrator,
  moderator: m.admin_role_moderator,
  member: m.admin_role_member,
};

export const roleHints: Record<Role, () => string> = {
  administrator: m.admin_role_administrator_hint,
  moderator: m.admin_role_moderator_hint,
  member: m.admin_role_member_hint,
};

export const languageWords = { de: () => 'Deutsch', en: () => 'English' };

const fieldWords: Record<string, () => string> = {
  name: m.admin_bad_name,
  email: m.admin_bad_address,
  address: m.admin_bad_address,
  addresses: m.admin_bad_addresses,
  notificationAddress: m.admin_bad_address,
  imapHost: m.admin_bad_server,
  imapUser: m.admin_bad_server,
  imapPort: m.admin_bad_port,
  imapFolder: m.admin_bad_folder,
  moveToFolder: m.admin_bad_folder,
  firstLookDays: m.mailbox_bad_days,
  smtpHost: m.sending_bad_host,
  smtpPort: m.admin_bad_port,
  smtpPerMinute: m.sending_bad_per_minute,
  accent: m.admin_bad_accent,
};

const constraintWords: Record<string, () => string> = {
  pools_name: m.admin_taken_pool,
  groups_name: m.admin_taken_group,
  text_blocks_name: m.blocks_taken,
  text_blocks_check: m.blocks_empty,
  mail_accounts_address: m.admin_taken_account,
  mail_accounts_check: m.admin_bad_server,
  contact_addresses_workspace_id_address_key: m.admin_taken_address,
  mail_accounts_workspace_id_pool_id_fkey: m.admin_pool_had_accounts,
  pools_workspace_id_parent_id_fkey: m.admin_pool_has_children,
};

/** One sentence for what was refused in the settings: what is wrong, and where. */
export function sentence(refusal: Refusal): string {
  const field = String(refusal.detail['field'] ?? '').split('.')[0] ?? '';
  const constraint = String(refusal.detail['constraint'] ?? '');
  if (refusal.code === 'bad.input' && fieldWords[field]) return fieldWords[field]();
  if (constraintWords[constraint]) return constraintWords[constraint]();
  if (refusal.code === 'account.passwordNeeded') return m.errors_account_password_needed();
  const template = problemSentence(refusal);
  if (template) return template;
  return sentenceOf(refusal, () => undefined);
}

/** The field that was refused, to mark it. */
export function fieldOf(refusal: Refusal | null | undefined): string | undefined {
  if (!refusal) return undefined;
  const constraint = String(refusal.detail['constraint'] ?? '');
  if (refusal.code === 'account.passwordNeeded') return 'imapPassword';
  if (refusal.code.startsWith('template.')) return 'body';
  if (constraint === 'mail_accounts_check') return 'imapHost';
  if (constraint === 'contact_addresses_workspace_id_address_key') return 'addresses';
  if (constraint === 'mail_accounts_address') return 'address';
  if (/_name$/.test(constraint)) return 'name';
  return String(refusal.detail['field'] ?? '').split('.')[0] || undefined;
}
