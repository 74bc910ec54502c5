import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { asLink, asMember, asSystem } from '#server/database/actor.ts';
import { ownTroubled } from '#server/domain/outbox/own.ts';
import { mayBeAnswered } from '#server/domain/outgoing/limits.ts';
import { addMember, createTicket, linkFor, run, type Member } from '../support/cast.ts';
import { explain, readOf } from '../support/plan.ts';
import { useWorkspace } from '../support/workspace.ts';

// 20,000 tickets, 2,000 of them live, in forty pools; a member who has two of the pools. Explained under the real role:
// the policies are part of the plan.

const desk = useWorkspace();
let few: Member;
let ticket: string;

beforeAll(async () => {
  const { cast, db } = desk;
  const { workspaceId } = cast;
  few = await addMember(workspaceId, 'Frieda Frei', 'member');
  await db.owner`
    insert into lotse.pools (workspace_id, name, position) select ${workspaceId}, 'Pool ' || i, 'a' || i from generate_series(1, 40) i
  `;
  const pools = await db.owner<
    { id: string }[]
  >`select id from lotse.pools where name like 'Pool %' order by name limit 2`;
  for (const { id } of pools) await run(cast.ada, 'pool.setAccess', { pool: id, member: few.memberId, allowed: true });
  await db.owner.begin(async (sql) => {
    // Grown, not lived: without triggers.
    await sql`set local session_replication_role = replica`;
    await sql`
      insert into lotse.tickets (workspace_id, number, subject, pool_id, status, closed_at, created_at)
      select ${workspaceId}, 100000 + i, 'Ticket ' || i,
        (select array_agg(id) from lotse.pools where name like 'Pool %') [1 + i % 40],
        case when i % 10 = 0 then 'open' else 'closed' end, case when i % 10 = 0 then null else now() end,
        now() - i * interval '1 minute'
      from generate_series(1, 20000) i
    `;
    await sql`
      insert into lotse.messages (workspace_id, ticket_id, kind, visibility, body_text, author_contact_id)
      select workspace_id, id, 'message', 'public', 'Text', ${cast.weber} from lotse.tickets, generate_series(1, 3)
    `;
    await sql`
      insert into lotse.events (workspace_id, seq, class, type, ticket_id, actor_kind, audience, payload)
      select workspace_id, 100000 + row_number() over (), 'staff', 'ticket.created', id, 'system', audience, '{}'
      from lotse.tickets, generate_series(1, 3)
    `;
    await sql`
      insert into lotse.outgoing_mails (workspace_id, kind, ticket_id, to_address, state, response, member_id)
      select workspace_id, 'message', id, 'a@b.example', case number % 500 when 0 then 'failed' when 1 then 'held' else 'sent' end,
        case when number % 1000 < 500 then 'filter.held' else '' end, ${few.memberId}
      from lotse.tickets
    `;
    await sql`update lotse.workspace_counters set event_seq = 300000 where workspace_id = ${workspaceId}`;
  });
  await db.owner`analyze`;
  const [row] = await db.owner<{ id: string }[]>`
    select t.id from lotse.tickets t join lotse.pool_access a on a.pool_id = t.pool_id where a.member_id = ${few.memberId} limit 1
  `;
  ticket = row?.id ?? randomUUID();
});

const board = `
  select t.id, t.number, t.subject, coalesce(c.name, '') as customer
  from lotse.tickets t left join lotse.contacts c on c.id = t.requester_id
  where t.status not in ('closed', 'cancelled')
  order by t.created_at, t.id
`;

test('the board of a member with few pools looks at live tickets only', async () => {
  const plan = await asMember(few, ({ sql }) => explain(sql, board));
  expect(plan.scanned).not.toContain('tickets');
  expect(plan.touched('tickets')).toBeLessThanOrEqual(2_000);
});

test('the board of a moderator looks at live tickets only', async () => {
  const plan = await asMember(desk.cast.mona, ({ sql }) => explain(sql, board));
  expect(plan.scanned).not.toContain('tickets');
  expect(plan.touched('tickets')).toBeLessThanOrEqual(2_100);
});

test('a conversation reads its own messages', async () => {
  const plan = await asMember(few, ({ sql }) =>
    explain(sql, `select id, body_html from lotse.messages where ticket_id = '${ticket}' order by occurred_at`),
  );
  expect(plan.scanned).not.toContain('messages');
  expect(plan.touched('messages')).toBe(3);
});

test('a history reads its own events', async () => {
  const plan = await asMember(few, ({ sql }) =>
    explain(sql, `select id, type from lotse.events where ticket_id = '${ticket}' and seq is not null order by seq`),
  );
  expect(plan.scanned).not.toContain('events');
  expect(plan.touched('events')).toBe(3);
});

test('what needs an agent is counted without a look at all that ever left', async () => {
  const read = await asMember(few, async (tx) => {
    const troubled = await ownTroubled(tx);
    const [row] = await tx.sql<{ scanned: number; fetched: number }[]>`
      select seq_tup_read as scanned, idx_tup_fetch as fetched from pg_stat_xact_user_tables where relname = 'outgoing_mails'
    `;
    // Else the next test would be told of these looks too.
    await tx.sql`select pg_stat_force_next_flush()`;
    return { troubled, ...row };
  });
  // Of two of forty pools, the others' tickets are not hers to see.
  expect(read.troubled).toBeGreaterThan(0);
  expect(read.scanned).toBe(0);
  expect(read.fetched).toBeLessThanOrEqual(60);
});

test('catching up reads what follows on the cursor', async () => {
  const { workspaceId } = desk.cast;
  const plan = await asSystem(workspaceId, ({ sql }) =>
    explain(
      sql,
      `select seq, payload from lotse.events where workspace_id = '${workspaceId}' and seq > 159000 order by seq limit 1000`,
    ),
  );
  expect(plan.scanned).not.toContain('events');
  expect(plan.touched('events')).toBeLessThanOrEqual(1_000);
});

test('the feed reads what follows on its cursor, and of that as much as it asked for', async () => {
  const { workspaceId } = desk.cast;
  const read = await desk.db.owner.begin(async (sql) => {
    for (let time = 0; time < 10; time++) {
      const rows = await sql`select seq from private.events_after(${workspaceId}, 159000, ${2 ** 52}, 20)`;
      expect(rows.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: 20 }, (_, i) => 159_001 + i));
    }
    return sql<{ name: string; scanned: number; fetched: number }[]>`
      select relname as name, coalesce(seq_tup_read, 0) as scanned, coalesce(idx_tup_fetch, 0) as fetched
      from pg_stat_xact_user_tables where schemaname = 'lotse' and relname in ('events', 'tickets') order by 1
    `;
  });
  expect(read).toHaveLength(2);
  for (const { scanned, fetched } of read) {
    expect(scanned).toBe(0);
    expect(fetched).toBeLessThanOrEqual(10 * 21);
  }
});

test('a claim and the right to work look at one ticket', async () => {
  const [open] = await desk.db.owner<{ id: string }[]>`
    select t.id from lotse.tickets t join lotse.pool_access a on a.pool_id = t.pool_id
    where a.member_id = ${few.memberId} and t.status = 'open' limit 1
  `;
  const read = await asMember(few, ({ sql }) =>
    readOf(sql, 'tickets', () => sql`select private.claim(${open?.id ?? ''}), private.may_work(${open?.id ?? ''})`),
  );
  expect(read.scanned).toBe(0);
  expect(read.fetched).toBeGreaterThan(0);
  expect(read.fetched).toBeLessThan(10);
});

describe('the search', () => {
  beforeAll(async () => {
    await desk.db.owner.begin(async (sql) => {
      await sql`set local session_replication_role = replica`;
      await sql`
        insert into lotse.search_entries (workspace_id, ticket_id, message_id, at, words)
        select m.workspace_id, m.ticket_id, m.id, m.occurred_at + random() * interval '1 day',
          array_to_tsvector(array[
            'ueberall', 'wort' || (row_number() over ()) % 5000, private.place_lexeme(m.workspace_id), private.place_lexeme(t.pool_id)
          ])
        from lotse.messages m
        join lotse.tickets t on t.id = m.ticket_id
      `;
    });
    await desk.db.owner`analyze lotse.search_entries`;
  });

  async function read(member: Member, text: string): Promise<{ found: number; scanned: number; fetched: number }> {
    return asMember(member, async ({ sql }) => {
      const find = () => sql`select id from private.search(${text}, 'infinity', ${2 ** 52}, 100)`;
      const { result, scanned, fetched } = await readOf(sql, 'search_entries', find);
      return { found: result.length, scanned, fetched };
    });
  }

  test('for a rare word looks at what holds it, in the pools of who asks', async () => {
    // The newest 500 say how often it is met; then what holds it is found, and read.
    const sample = 500;
    const all = await read(desk.cast.mona, '"wort77"');
    expect(all).toEqual({ found: 12, scanned: 0, fetched: sample + 2 * 12 });
    const { found, scanned, fetched } = await read(few, '"wort77"');
    expect(scanned).toBe(0);
    expect(found).toBeLessThan(12);
    expect(fetched).toBe(sample + 2 * found);
  });

  test('for a word that is everywhere looks at the newest, not at all', async () => {
    for (const member of [desk.cast.mona, few]) {
      const { found, scanned, fetched } = await read(member, 'ueberall');
      expect(found).toBe(100);
      expect(scanned).toBe(0);
      // 60,000 entries hold it; a twentieth of them lies in the two pools of the one who has few.
      expect(fetched).toBeLessThanOrEqual(3_100);
    }
  });
});

describe('of customers', () => {
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
});
