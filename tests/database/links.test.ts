import { afterAll, beforeAll, expect, test } from 'vitest';
import { asLink, asSystem } from '#server/database/actor.ts';
import { holderOf, tokenFor } from '#server/domain/links.ts';
import { createCast, createTicket, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let db: TestDatabase;
let cast: Cast;

beforeAll(async () => {
  db = await createTestDatabase();
  cast = await createCast();
});
afterAll(() => db.drop());

async function linkOf(ticketId: string, contactId: string) {
  const [link] = await asSystem(
    null,
    ({ sql }) => sql<{ id: string; generation: number }[]>`
      select id, generation from lotse.ticket_links where ticket_id = ${ticketId} and contact_id = ${contactId}
    `,
  );
  if (!link) throw new Error('No link was made');
  return link;
}

const words = { kind: 'message', visibility: 'public', html: '<p>Guten Tag</p>' } as const;

test('after a link was taken back the next mail brings another, and the old one stays worthless', async () => {
  const ticket = await createTicket(cast);
  await run(cast.mona, 'message.post', { ticket, ...words });
  const first = await linkOf(ticket, cast.weber);
  const old = await tokenFor(first);
  await run(cast.mona, 'link.revoke', { link: first.id });
  await expect(holderOf(old)).rejects.toThrow('link.invalid');
  await run(cast.mona, 'message.post', { ticket, ...words });
  expect(await holderOf(await tokenFor(await linkOf(ticket, cast.weber)))).toMatchObject({ ticketId: ticket });
  await expect(holderOf(old)).rejects.toThrow('link.invalid');
});

test('a requester named by mistake sees nothing any more and gets no more mail', async () => {
  const ticket = await createTicket(cast, { requester: cast.smith });
  await run(cast.mona, 'message.post', { ticket, ...words });
  const { id: linkId } = await linkOf(ticket, cast.smith);
  await run(cast.mona, 'ticket.change', { ticket, requester: cast.weber });
  const seen = await asLink({ workspaceId: cast.workspaceId, linkId }, ({ sql }) => sql`select id from lotse.tickets`);
  expect(seen).toHaveLength(0);
  await run(cast.mona, 'message.post', { ticket, ...words });
  const mails = await db.owner<{ toAddress: string }[]>`
    select to_address from lotse.outgoing_mails where ticket_id = ${ticket} order by created_at
  `;
  expect(mails.map((mail) => mail.toAddress)).toEqual(['john.smith@example.com', 'petra.weber@example.org']);
});
