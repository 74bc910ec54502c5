import type { Act } from '../act.ts';
import { rooms } from '../events.ts';

type Sender = { address: string; name: string; language: 'de' | 'en' };

/** What a contact's address has to be; anything may stand in a From field. */
export function isUsable(address: string): boolean {
  return address.length <= 254 && /^[^\s@<>]+@[^\s@<>]+$/.test(address);
}

/** The contact with this address, made when nobody has it yet. As the system: a mail's sender acts before he is known. */
export async function byAddress(act: Act, { address, name, language }: Sender): Promise<string> {
  const called = name.trim().slice(0, 120) || address.slice(0, 120);
  const [found] = await act.sql<{ contact: string; isNew: boolean }[]>`
    select contact, is_new from private.contact_of(${address}, ${called}, ${language})
  `;
  if (!found) throw new Error('No contact was made');
  if (found.isNew) act.record({ type: 'contact.created', data: { contact: found.contact }, audience: [rooms.staff] });
  return found.contact;
}
