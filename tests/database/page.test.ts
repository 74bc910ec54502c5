import { afterAll, beforeAll, expect, test } from 'vitest';
import { asLink, asSystem, type Actor } from '#server/database/actor.ts';
import { page } from '#server/domain/page.ts';
import { createCast, createTicket, linkFor, refusal, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let db: TestDatabase;
let cast: Cast;

beforeAll(async () => {
  db = await createTestDatabase();
  cast = await createCast();
});
afterAll(() => db.drop());

type Link = Extract<Actor, { kind: 'link' }>;
const read = (link: Link, ticket: string) => asLink(link, (tx) => page(tx, ticket), { readOnly: true });

test('a customer reads the state in plain words, who works on it, and what was said', async () => {
  const ticket = await createTicket(cast);
  const link = await linkFor(cast, ticket);
  await run(link, 'message.post', { ticket, kind: 'message', visibility: 'public', html: 'Es ist kalt' });
  await run(cast.ben, 'ticket.claim', { ticket });
  await run(cast.ben, 'message.post', { ticket, kind: 'message', visibility: 'public', html: 'Ich komme' });
  await run(cast.ben, 'ticket.setStatus', { ticket, status: 'in_progress' });
  const shown = await read(link, ticket);
  expect(shown).toMatchObject({
    workspace: { name: 'Nordlicht Wohnen', accent: '#0f6b6b' },
    ticket: { subject: 'Heizung kalt', stage: 'working', responsible: 'Ben Okoro', closedAt: null },
    me: { name: 'Petra Weber' },
    conversation: { messages: [{ author: { name: 'Petra Weber' } }, { author: { name: 'Ben Okoro' } }] },
  });
  // Assigned and in progress are one to him.
  expect(shown.steps.map(({ stage }) => stage)).toEqual(['received', 'working']);
});

test('nothing internal is on it: no comment, no colleague’s name, no internal file', async () => {
  const ticket = await createTicket(cast);
  const link = await linkFor(cast, ticket);
  await run(cast.mona, 'message.post', { ticket, kind: 'comment', visibility: 'internal', html: 'Geheimsache' });
  await run(cast.ada, 'file.add', {
    ticket,
    visibility: 'internal',
    name: 'geheim.pdf',
    mime: 'application/pdf',
    size: 1,
    sha256: 'c'.repeat(64),
    storageKey: 'none',
  });
  await run(cast.ada, 'ticket.change', { ticket, tags: ['geheimtag'] });
  const text = JSON.stringify(await read(link, ticket));
  expect(text).not.toMatch(/geheim|Mona|Ada Lund|Heizung"/i);
});

test('close and reopen stand in the service history', async () => {
  const ticket = await createTicket(cast);
  const link = await linkFor(cast, ticket);
  await run(cast.ada, 'ticket.close', { ticket, inform: false });
  expect(await read(link, ticket)).toMatchObject({ ticket: { stage: 'closed', closedAt: expect.any(String) } });
  await run(cast.ada, 'ticket.reopen', { ticket });
  expect((await read(link, ticket)).steps.map(({ stage }) => stage)).toEqual(['received', 'closed', 'received']);
});

test('a closed ticket stays readable and takes nothing', async () => {
  const ticket = await createTicket(cast);
  const link = await linkFor(cast, ticket);
  await run(cast.ada, 'ticket.close', { ticket, inform: false });
  const said = { ticket, kind: 'message', visibility: 'public', html: 'Noch etwas' } as const;
  expect(await refusal(link, 'message.post', said)).toBe('ticket.closed');
});

test.each([
  [
    'internal',
    'ticket is made internal',
    (ticket: string) => run(cast.ada, 'ticket.setVisibility', { ticket, visibility: 'internal' }),
  ],
  ['revoked', 'link is revoked', async (_: string, link: Link) => run(cast.ada, 'link.revoke', { link: link.linkId })],
  [
    'expired',
    'link has expired',
    (_: string, link: Link) =>
      asSystem(
        null,
        ({ sql }) => sql`update lotse.ticket_links set expires_at = now() - interval '1 s' where id = ${link.linkId}`,
      ),
  ],
])('it ends when the %s: %s', async (_, __, end) => {
  const ticket = await createTicket(cast);
  const link = await linkFor(cast, ticket);
  await read(link, ticket);
  await end(ticket, link);
  await expect(read(link, ticket)).rejects.toThrow('link.invalid');
});

test('a link opens its own ticket alone', async () => {
  const [mine, other] = [await createTicket(cast), await createTicket(cast)];
  const link = await linkFor(cast, mine);
  await expect(read(link, other)).rejects.toThrow('link.invalid');
});
