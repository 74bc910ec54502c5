import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Act } from './act.ts';
import { named } from './patch.ts';
import { rooms } from './events.ts';

/** A customer. An address belongs to one contact of the workspace: a second one is refused with `already.exists`. */
export async function create(act: Act, input: Command<'contact.create'>) {
  const contact = randomUUID();
  const row = {
    id: contact,
    workspaceId: act.actor.workspaceId,
    organisationId: await organisation(act, input.organisation),
    ...columns(input),
    name: input.name,
  };
  await act.sql`insert into lotse.contacts ${act.sql(named(row))}`;
  await setAddresses(act, contact, input.addresses ?? []);
  act.record({ type: 'contact.created', data: { contact }, audience: [rooms.staff] });
  return { contact };
}

export async function change(act: Act, { contact, ...input }: Command<'contact.change'>) {
  const organisationId = input.organisation === undefined ? undefined : await organisation(act, input.organisation);
  const row = named({ ...columns(input), name: input.name, organisationId });
  const fields = Object.keys(row);
  if (fields.length > 0) {
    const changed = await act.sql`
      update lotse.contacts set ${act.sql(row)} where id = ${contact} returning id
    `;
    if (changed.length === 0) throw new AppError('contact.notFound');
  }
  if (input.addresses) await setAddresses(act, contact, input.addresses);
  act.record({
    type: 'contact.changed',
    data: { contact, fields: input.addresses ? [...fields, 'addresses'] : fields },
    audience: [rooms.staff],
  });
}

type Columns = Pick<Command<'contact.change'>, 'salutation' | 'title' | 'phone' | 'language' | 'remark'>;

function columns({ salutation, title, phone, language, remark }: Columns) {
  return { salutation, title, phone, language, remark };
}

async function organisation(act: Act, name: string | undefined): Promise<string | null> {
  if (!name) return null;
  const [known] = await act.sql<{ id: string }[]>`
    select id from lotse.organisations where lower(name) = lower(${name})
  `;
  if (known) return known.id;
  const id = randomUUID();
  await act.sql`insert into lotse.organisations (id, workspace_id, name) values (${id}, ${act.actor.workspaceId}, ${name})`;
  return id;
}

/** The first one is where mail goes. Who does not see all tickets of a contact is refused (private.guard_address). */
async function setAddresses(act: Act, contact: string, addresses: string[]): Promise<void> {
  const wanted = [...new Set(addresses)];
  const present = await act.sql<{ address: string }[]>`
    select address from lotse.contact_addresses where contact_id = ${contact} order by is_primary desc, created_at, id
  `;
  if (
    isDeepStrictEqual(
      present.map(({ address }) => address),
      wanted,
    )
  )
    return;
  await act.sql`delete from lotse.contact_addresses where contact_id = ${contact} and address <> all (${wanted})`;
  await act.sql`update lotse.contact_addresses set is_primary = false where contact_id = ${contact} and address <> ${wanted[0] ?? ''}`;
  for (const [index, address] of wanted.entries()) {
    const kept = await act.sql`
      update lotse.contact_addresses set is_primary = ${index === 0}
      where contact_id = ${contact} and address = ${address}
      returning id
    `;
    if (kept.length > 0) continue;
    await act.sql`
      insert into lotse.contact_addresses (id, workspace_id, contact_id, address, is_primary)
      values (${randomUUID()}, ${act.actor.workspaceId}, ${contact}, ${address}, ${index === 0})
    `;
  }
}
