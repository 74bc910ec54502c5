import type { Tx } from '#server/database/actor.ts';

export type ContactLine = { id: string; name: string; organisation: string; address: string; open: number };

export const contactsPerPage = 60;

/**
 * Contacts by name whose name, organisation, phone or any address contains every word. One more than a page when there
 * are more. `open` counts the tickets that the reader may see.
 */
export function contacts(
  { sql }: Tx,
  { text = '', after = 0 }: { text?: string; after?: number } = {},
): Promise<ContactLine[]> {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean).slice(0, 5);
  const patterns = words.map((word) => `%${word.replace(/[\\%_]/g, (mark) => `\\${mark}`)}%`);
  return sql<ContactLine[]>`
    select
      c.id, c.name, coalesce(o.name, '') as organisation, coalesce(a.address, '') as address,
      (
        select count(*)::int
        from lotse.tickets t
        where t.requester_id = c.id and t.status not in ('closed', 'cancelled')
      ) as open
    from lotse.contacts c
    left join lotse.organisations o on o.id = c.organisation_id
    left join lotse.contact_addresses a on a.contact_id = c.id and a.is_primary
    where lower(concat_ws(' ', c.name, o.name, c.phone, (
      select string_agg(each.address, ' ') from lotse.contact_addresses each where each.contact_id = c.id
    ))) like all (${patterns}::text[])
    order by c.name collate "de-x-icu", c.id
    limit ${contactsPerPage + 1} offset ${after}
  `;
}
