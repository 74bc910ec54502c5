import { beforeAll, describe, expect, test } from 'vitest';
import { asMember, asSystem } from '#server/database/actor.ts';
import { type Member } from '../support/cast.ts';
import { grow } from '../support/grown.ts';
import { explain, readOf } from '../support/plan.ts';
import { useWorkspace } from '../support/workspace.ts';

// 20,000 tickets, 2,000 of them live, in forty pools; a member who has two of the pools. Explained under the real role:
// the policies are part of the plan.

const desk = useWorkspace();
let few: Member;
let ticket: string;

beforeAll(async () => {
  ({ few, ticket } = await grow(desk, 20_000));
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
