import { beforeAll, expect, test } from 'vitest';
import { asLink, asMember, asSystem, type Tx } from '#server/database/actor.ts';
import { conversation } from '#server/domain/conversation.ts';
import { latestOutgoing } from '#server/domain/outbox.ts';
import { ownOutgoing, ownTroubled } from '#server/domain/outbox/own.ts';
import { mayBeAnswered } from '#server/domain/outgoing/limits.ts';
import { createTicket, linkFor, run, type Member } from '../support/cast.ts';
import { grow } from '../support/grown.ts';
import { readOf } from '../support/plan.ts';
import { useWorkspace } from '../support/workspace.ts';

// What is asked about mail, on a desk that has many of them.

const desk = useWorkspace();
let few: Member;
let ticket: string;

beforeAll(async () => {
  ({ few, ticket } = await grow(desk, 20_000));
});

/** Rows of tickets and of mails that were looked at. */
async function readBy(member: Member, work: (tx: Tx) => Promise<unknown>) {
  return asMember(member, async (tx) => {
    const mails = await readOf(tx.sql, 'outgoing_mails', () => readOf(tx.sql, 'tickets', () => work(tx)));
    const { scanned, fetched } = mails.result;
    return { tickets: scanned + fetched, mails: mails.scanned + mails.fetched };
  });
}

test('an opened ticket looks at its own mails', async () => {
  const read = await readBy(few, (tx) => conversation(tx, ticket));
  expect(read.tickets).toBeLessThan(50);
  expect(read.mails).toBeLessThan(20);
});

test('the page of what left looks at what it shows', async () => {
  const read = await readBy(desk.cast.ada, (tx) => latestOutgoing(tx));
  expect(read.tickets).toBeLessThan(250);
  expect(read.mails).toBeLessThan(250);
});

test('what an agent looks after himself is not looked for among all that left', async () => {
  const { ben, workspaceId } = desk.cast;
  const byOthers = await readBy(ben, (tx) => ownOutgoing(tx, 'sent'));
  expect(byOthers.tickets).toBeLessThan(50);
  expect(byOthers.mails).toBeLessThan(50);
  const [open] = await desk.db.owner<{ count: number }[]>`
    select count(*)::int from lotse.outgoing_mails where workspace_id = ${workspaceId} and state <> 'sent'
  `;
  const own = await readBy(few, (tx) => ownOutgoing(tx, 'open'));
  expect(own.mails).toBeLessThanOrEqual(3 * (open?.count ?? 0));
});

test('what an administrator caused that has no ticket takes no place from what has one', async () => {
  const { cast, db } = desk;
  const { workspaceId, ada } = cast;
  await db.owner`
    insert into lotse.outgoing_mails (workspace_id, kind, ticket_id, to_address, state, member_id, created_at)
    select ${workspaceId}, 'message', ${ticket}, 'petra.weber@example.org', 'sent', ${ada.memberId}, now() - interval '1 hour'
  `;
  await db.owner`
    insert into lotse.outgoing_mails (workspace_id, kind, to_address, state, member_id)
    select ${workspaceId}, 'invitation', 'neu' || i || '@nordlicht.example', 'sent', ${ada.memberId} from generate_series(1, 120) i
  `;
  expect(await asMember(ada, (tx) => ownOutgoing(tx, 'sent'))).toHaveLength(1);
});

test('what needs an agent is counted without a look at all that ever left', async () => {
  const read = await asMember(few, (tx) => readOf(tx.sql, 'outgoing_mails', () => ownTroubled(tx)));
  // Of two of forty pools, the others' tickets are not hers to see.
  expect(read.result).toBeGreaterThan(0);
  expect(read.scanned).toBe(0);
  expect(read.fetched).toBeLessThanOrEqual(60);
});

test('whose names one may know is found in his own ticket', async () => {
  const { cast } = desk;
  const asked = await createTicket(cast);
  const link = await linkFor(cast, asked);
  const made = await run(cast.ada, 'contact.create', { name: 'Paula Weber', addresses: ['paula.weber@example.org'] });
  const sister = made.result['contact'] ?? '';
  const words = {
    ticket: asked,
    kind: 'message',
    visibility: 'public',
    html: '<p>Ich bin die Schwester.</p>',
  } as const;
  await run(await linkFor(cast, asked, sister), 'message.post', words);
  const read = await asLink(link, ({ sql }) =>
    readOf(sql, 'messages', () => sql<{ name: string }[]>`select name from lotse.contacts where id = ${sister}`),
  );
  expect(read.result).toEqual([{ name: 'Paula Weber' }]);
  expect(read.scanned).toBe(0);
  expect(read.fetched).toBeLessThan(10);
});

test('whether one may be answered by itself is found among the mails to his domain', async () => {
  const { cast, db } = desk;
  await db.owner`
    insert into lotse.outgoing_mails (workspace_id, kind, ticket_id, language, to_address, state)
    select ${cast.workspaceId}, 'confirmation', ${ticket}, 'de', 'erika@customer-' || i || '.example', 'sent' from generate_series(1, 5000) i
  `;
  const asked = await createTicket(cast);
  const read = await asSystem(cast.workspaceId, ({ sql }) =>
    readOf(
      sql,
      'outgoing_mails',
      () => sql`
        select from lotse.tickets t
        join lotse.contacts c on c.id = t.requester_id
        join lotse.contact_addresses a on a.contact_id = c.id
        where t.id = ${asked} ${mayBeAnswered(sql, asked)}
      `,
    ),
  );
  expect(read.result).toHaveLength(1);
  expect(read.scanned).toBe(0);
  expect(read.fetched).toBeLessThan(10);
});
