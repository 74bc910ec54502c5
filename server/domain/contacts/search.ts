import { asMember } from '#server/database/actor.ts';

export type FoundContact = { id: string; name: string; organisation: string; address: string };

/** More is no longer choosing but searching: whoever sees these types on. */
const most = 12;

/** Contacts whose name, organisation or address contains every word; those that begin with the text come first. */
export function search(member: { workspaceId: string; memberId: string }, text: string): Promise<FoundContact[]> {
  const wanted = text.trim().toLowerCase();
  const words = wanted
    .split(/\s+/)
    .slice(0, 5)
    .map((word) => `%${escaped(word)}%`);
  return asMember(
    member,
    ({ sql }) => sql<FoundContact[]>`
      select c.id, c.name, coalesce(o.name, '') as organisation, coalesce(a.address, '') as address
      from lotse.contacts c
      left join lotse.organisations o on o.id = c.organisation_id
      left join lotse.contact_addresses a on a.contact_id = c.id and a.is_primary
      where lower(concat_ws(' ', c.name, o.name, a.address)) like all (${words}::text[])
      order by lower(c.name) not like ${`${escaped(wanted)}%`}, c.name collate "de-x-icu", c.id
      limit ${most}
    `,
    { readOnly: true },
  );
}

function escaped(word: string): string {
  return word.replace(/[\\%_]/g, (mark) => `\\${mark}`);
}
