import Building2 from '@lucide/svelte/icons/building-2';
import BookOpenText from '@lucide/svelte/icons/book-open-text';
import Funnel from '@lucide/svelte/icons/funnel';
import MailCheck from '@lucide/svelte/icons/mail-check';
import Mailbox from '@lucide/svelte/icons/mailbox';
import Signature from '@lucide/svelte/icons/signature';
import SquareKanban from '@lucide/svelte/icons/square-kanban';
import UserRound from '@lucide/svelte/icons/user-round';
import UsersRound from '@lucide/svelte/icons/users-round';
import NotebookText from '@lucide/svelte/icons/notebook-text';
import MailOpen from '@lucide/svelte/icons/mail-open';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Icon } from '#lib/ui/icon.ts';

export type Section = { id: string; label: () => string; sentence: () => string; icon: Icon };

/** One page per subject. */
export const sections: Section[] = [
  { id: 'workspace', label: m.admin_workspace, sentence: m.admin_workspace_sentence, icon: Building2 },
  { id: 'pools', label: m.admin_pools, sentence: m.admin_pools_sentence, icon: SquareKanban },
  { id: 'people', label: m.admin_people, sentence: m.admin_people_sentence, icon: UserRound },
  { id: 'groups', label: m.admin_groups, sentence: m.admin_groups_sentence, icon: UsersRound },
  { id: 'accounts', label: m.admin_accounts, sentence: m.admin_accounts_sentence, icon: Mailbox },
  { id: 'domains', label: m.dkim_title, sentence: m.dkim_sentence, icon: Signature },
  { id: 'letters', label: m.letters_title, sentence: m.letters_sentence, icon: MailOpen },
  { id: 'blocks', label: m.blocks_title, sentence: m.blocks_sentence, icon: NotebookText },
  { id: 'filters', label: m.inbox_filters, sentence: m.inbox_filters_sentence, icon: Funnel },
  { id: 'mails', label: m.admin_mails, sentence: m.admin_mails_sentence, icon: BookOpenText },
  { id: 'outbox', label: m.admin_outbox, sentence: m.admin_outbox_sentence, icon: MailCheck },
];
