import type { Tx } from '#server/database/actor.ts';

export type KnownContact = { id: string; name: string; organisation: string; address: string; phone: string };

export type Suggestions = {
  /** Whose address the sender's is. */
  contact: KnownContact | null;
  /** Customers whose address or phone stands in the text: offered, and linked by nobody but a person. */
  named: KnownContact[];
  /** The ticket it may mean, as far as the reader sees it. */
  maybe: { id: string; number: number; subject: string } | null;
};

type Mail = { fromAddress: string; text: string; phone: string; maybeTicketId: string | null };

const mostWords = 20;
/** With the area code; a shorter number is anybody's. */
const phoneDigits = 8;

export async function suggestionsFor({ sql }: Tx, mail: Mail): Promise<Suggestions> {
  const columns = sql`
    c.id, c.name, coalesce(o.name, '') as organisation, coalesce(a.address, '') as address, c.phone
    from lotse.contacts c
    left join lotse.organisations o on o.id = c.organisation_id
    left join lotse.contact_addresses a on a.contact_id = c.id and a.is_primary
  `;
  const from = mail.fromAddress.toLowerCase();
  const [contact = null] = await sql<KnownContact[]>`
    select ${columns} where c.id = (select k.contact_id from lotse.contact_addresses k where k.address = ${from})
  `;
  const addresses = addressesIn(mail.text).filter((address) => address !== from);
  const digits = mail.phone.replace(/\D/g, '').slice(-phoneDigits);
  const named = await sql<KnownContact[]>`
    select ${columns}
    where c.id is distinct from ${contact?.id ?? null}
      and (
        c.id in (select k.contact_id from lotse.contact_addresses k where k.address = any (${addresses}))
        or (
          length(${digits}) = ${phoneDigits}
          and right(regexp_replace(c.phone, '[^0-9]', '', 'g'), ${phoneDigits}) = ${digits}
        )
      )
    order by c.name
    limit 3
  `;
  const [maybe = null] = await sql<{ id: string; number: number; subject: string }[]>`
    select t.id, t.number, t.subject from lotse.tickets t where t.id = ${mail.maybeTicketId}
  `;
  return { contact, named: [...named], maybe };
}

function addressesIn(text: string): string[] {
  const found = text.slice(0, 20_000).match(/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g) ?? [];
  return [...new Set(found.map((address) => address.toLowerCase()))].slice(0, mostWords);
}
