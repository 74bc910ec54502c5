import type { CommandInput } from '#lib/shared/commands.ts';
import type { Channel, Priority, Visibility } from '#lib/shared/ticket.ts';

export type NewContact = { name: string; address: string };

/** What somebody typed to find a person who is not there: an address or a name. */
export function personFrom(text: string): NewContact {
  const wanted = text.trim();
  if (!wanted.includes('@')) return { name: wanted, address: '' };
  const name = (wanted.split('@')[0] ?? '')
    .split(/[._-]+/)
    .filter(Boolean)
    .map((word) => word.charAt(0).toLocaleUpperCase() + word.slice(1))
    .join(' ');
  return { name, address: wanted };
}

export type Draft = {
  subject: string;
  description: string;
  pool: string;
  channel: Channel;
  visibility: Visibility;
  priority: Priority;
  /** `member:<id>`, `group:<id>` or nothing. */
  responsible: string;
};

export function inputFrom(draft: Draft, ticket: string, requester: string | null): CommandInput<'ticket.create'> {
  const { responsible, ...input } = draft;
  const [kind, id = null] = responsible.split(':');
  return {
    ...input,
    ticket,
    requester,
    member: kind === 'member' ? id : null,
    group: kind === 'group' ? id : null,
  };
}
