import type { Act } from '../act.ts';
import { rooms } from '../events.ts';

type Sender = { address: string; name: string; language: 'de' | 'en' };

/** The contact with this address, made when nobody has it yet. As the system: a mail's sender acts before he is known. */
export async function byAddress(act: Act, { address, name, language }: Sender): Promise<string> {
  const known = await find(act, address);
  if (known) return known;
  // Two mails of one new sender at once: the second waits here and then finds the first one's contact.
  await act.sql`select pg_advisory_xact_lock(hashtextextended(${`contact:${act.actor.workspaceId}:${address}`}, 0))`;
  const meanwhile = await find(act, address);
  if (meanwhile) return meanwhile;
  const [contact] = await act.sql<{ id: string }[]>`
    insert into lotse.contacts (workspace_id, name, language)
    values (${act.actor.workspaceId}, ${name.trim().slice(0, 120) || address.slice(0, 120)}, ${language})
    returning id
  `;
  if (!contact) throw new Error('No contact was made');
  await act.sql`
    insert into lotse.contact_addresses (workspace_id, contact_id, address)
    values (${act.actor.workspaceId}, ${contact.id}, ${address})
  `;
  act.record({ type: 'contact.created', data: { contact: contact.id }, audience: [rooms.staff] });
  return contact.id;
}

async function find(act: Act, address: string): Promise<string | null> {
  const [known] = await act.sql<{ contactId: string }[]>`
    select contact_id from lotse.contact_addresses
    where workspace_id = ${act.actor.workspaceId} and address = ${address}
  `;
  return known?.contactId ?? null;
}
