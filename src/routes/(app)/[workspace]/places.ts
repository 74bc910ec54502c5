import ContactRound from '@lucide/svelte/icons/contact-round';
import Inbox from '@lucide/svelte/icons/inbox';
import Kanban from '@lucide/svelte/icons/square-kanban';
import MailCheck from '@lucide/svelte/icons/mail-check';
import Settings from '@lucide/svelte/icons/settings';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Icon } from '#lib/ui/icon.ts';

export type Place = {
  id: string;
  label: () => string;
  href: string;
  keys: string;
  icon: Icon;
  isWide?: boolean;
  count?: number;
  /** What the number says. */
  counts?: (input: { count: number }) => string;
};

/** `waiting` is null for who has no inbox to look into. */
type Counts = { waiting: number | null; troubled: number };

/** Where the rail, the command menu and the keys lead; the most specific address that fits is the present one. */
export function placesFor(slug: string, role: string, { waiting, troubled }: Counts): Place[] {
  const places: Place[] = [
    { id: 'board', label: m.common_board, href: `/${slug}/board`, keys: 'g b', icon: Kanban },
    ...(waiting === null
      ? []
      : [
          {
            id: 'inbox',
            label: m.inbox_title,
            href: `/${slug}/inbox`,
            keys: 'g i',
            icon: Inbox,
            count: waiting,
            counts: m.inbox_waiting,
          },
        ]),
    { id: 'contacts', label: m.admin_contacts, href: `/${slug}/contacts`, keys: 'g c', icon: ContactRound },
  ];
  // A phone has no room for it; there it is in the menu of the account.
  const outbox = { id: 'outbox', label: m.common_outbox, href: `/${slug}/outbox`, keys: 'g o', icon: MailCheck };
  places.push({ ...outbox, isWide: true, count: troubled, counts: m.outbox_trouble });
  if (role === 'administrator') {
    places.push({ id: 'settings', label: m.common_settings, href: `/${slug}/settings`, keys: 'g s', icon: Settings });
  }
  return places;
}

/** A ticket opens beside the board, so its address belongs to the board. */
export function presentPlace(places: Place[], path: string): Place | undefined {
  const fitting = places.filter(({ href }) => path === href || path.startsWith(`${href}/`));
  const best = fitting.sort((a, b) => b.href.length - a.href.length)[0];
  return best ?? (/^\/[^/]+\/tickets\//.test(path) ? places[0] : undefined);
}
