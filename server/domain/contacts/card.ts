import { AppError } from '#lib/shared/errors.ts';
import type { Line } from '#lib/shared/opened.ts';
import type { Tx } from '#server/database/actor.ts';
import { list } from '../tickets/list.ts';

/** The customer card (Kundenkarte). */
export type ContactCard = {
  id: string;
  salutation: '' | 'ms' | 'mr' | 'mx';
  title: string;
  name: string;
  phone: string;
  language: 'de' | 'en';
  organisation: string;
  remark: string;
  /** Where mail goes first. */
  addresses: string[];
  createdAt: string;
  /** Those of his tickets that the reader may see. */
  tickets: Line[];
  /** Others of the same organisation. */
  colleagues: { id: string; name: string }[];
};

export async function card(tx: Tx, id: string): Promise<ContactCard> {
  const [contact] = await tx.sql<Omit<ContactCard, 'tickets'>[]>`
    select
      c.id, c.salutation, c.title, c.name, c.phone, c.language, coalesce(o.name, '') as organisation, c.remark, c.created_at,
      array(
        select a.address from lotse.contact_addresses a where a.contact_id = c.id order by a.is_primary desc, a.address
      ) as addresses,
      coalesce((
        select jsonb_agg(x order by x.name)
        from (
          select other.id, other.name
          from lotse.contacts other
          where other.organisation_id = c.organisation_id and other.id <> c.id
          order by other.name
          limit 12
        ) x
      ), '[]') as colleagues
    from lotse.contacts c
    left join lotse.organisations o on o.id = c.organisation_id
    where c.id = ${id}
  `;
  if (!contact) throw new AppError('contact.notFound');
  return { ...contact, tickets: await list(tx, { requester: id, most: 200 }) };
}
