import { beforeAll, expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import { search } from '#server/domain/search.ts';
import { addMember, createTicket, run, type Member } from '../support/cast.ts';
import { useWorkspace } from '../support/workspace.ts';

// 20,000 messages, and a member whose pool has every twentieth: how many entries are read to find a word.

const desk = useWorkspace();
const most = 20_000;
let few: Member;

beforeAll(async () => {
  const { cast, db } = desk;
  few = await addMember(cast.workspaceId, 'Frieda Frei', 'member');
  await run(cast.ada, 'pool.setAccess', { pool: cast.heating, member: few.memberId, allowed: true });
  await createTicket(cast, { subject: 'Ein Anliegen' });
  await db.owner`
    insert into lotse.search_entries (workspace_id, ticket_id, at, words)
    select
      t.workspace_id, t.id, now() - i * interval '1 minute',
      array_to_tsvector(array[
        private.place_lexeme(t.workspace_id),
        case when i % 20 = 0 then private.place_lexeme(t.pool_id) else '|elsewhere' end
      ]) || to_tsvector('simple', concat_ws(' ', 'rohr', case when i % 4000 = 0 then 'kupfer' end, case when i > 19000 then 'blei' end))
    from (select * from lotse.tickets where workspace_id = ${cast.workspaceId} limit 1) t, generate_series(1, ${most}::int) i
  `;
  await db.owner`vacuum analyze lotse.search_entries`;
});

async function readFor(member: Member, text: string): Promise<{ found: number; read: number }> {
  return asMember(member, async ({ sql }) => {
    const count = async () => {
      const [row] = await sql<{ read: number }[]>`
        select seq_tup_read + coalesce(idx_tup_fetch, 0) as read
        from pg_stat_xact_user_tables
        where schemaname = 'lotse' and relname = 'search_entries'
      `;
      return row?.read ?? 0;
    };
    const before = await count();
    const rows = await sql`select id from private.search(${text}, 'infinity', ${2 ** 52}, 40)`;
    return { found: rows.length, read: (await count()) - before };
  });
}

test.each([
  ['is everywhere', 'rohr', { moderator: 40, member: 40 }],
  ['is rare', 'kupfer', { moderator: 5, member: 5 }],
  ['begins one', 'kupf', { moderator: 5, member: 5 }],
  ['was usual long ago', 'blei', { moderator: 40, member: 40 }],
  ['is nowhere', 'gold', { moderator: 0, member: 0 }],
  ['is nowhere beside one that is everywhere', 'rohr gold', { moderator: 0, member: 0 }],
])('a word that %s is found without reading a tenth of what was ever said', async (_, text, found) => {
  const bound = most / 10;
  for (const [who, expected] of [
    [desk.cast.mona, found.moderator],
    [few, found.member],
  ] as const) {
    const looked = await readFor(who, text);
    expect(looked.found).toBe(expected);
    expect(looked.read).toBeGreaterThan(0);
    expect(looked.read).toBeLessThanOrEqual(bound);
  }
});

test('what one who sees a single ticket finds stays his', async () => {
  expect((await search(few, 'kupfer')).hits).toHaveLength(1);
  expect((await search(desk.cast.zoe, 'kupfer')).hits).toEqual([]);
});
