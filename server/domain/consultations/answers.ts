import type { Tx } from '#server/database/actor.ts';

export type Consultation = { id: string; answers: 'internal' | 'public'; contactId: string };

type Named = {
  ticketId: string;
  /** Of the signed address that the mail came to. */
  handle: number | null;
  /** Our mails that it names, each with its key. */
  mailIds: string[];
  /** Who sent it. */
  contactId: string | null;
};

/** What a mail answers that no customer of the ticket sent: by its signed address, by the mail it names, else by who wrote it. */
export async function consultationOf({ sql }: Tx, named: Named): Promise<Consultation | null> {
  const [found] = await sql<Consultation[]>`
    select c.id, c.answers, c.contact_id
    from lotse.consultations c
    where c.ticket_id = ${named.ticketId}
      and (
        c.handle = ${named.handle}
        or c.contact_id = ${named.contactId}
        or exists (
          select from lotse.outgoing_mails o where o.consultation_id = c.id and o.id = any (${named.mailIds}::uuid[])
        )
      )
    order by (c.handle = ${named.handle}) desc nulls last, c.asked_at desc
    limit 1
  `;
  return found ?? null;
}

export async function markAnswered({ sql }: Tx, consultation: string): Promise<void> {
  await sql`
    update lotse.consultations set answered_at = coalesce(answered_at, now()) where id = ${consultation}
  `;
}
