import { snapshot } from '#server/domain/board.ts';
import { now } from './clock.ts';
import { claimSome } from './costs-database.ts';
import type { Desk } from './desk.ts';
import { figure, grouped, median, round, type Measured } from './figures.ts';
import { keys } from './keys.ts';
import { repeat, type Bench, type Part } from './part.ts';

const openTickets = 10_000;
/** A statement ends within the pool's time limit. */
const atOnce = 50_000;
/** A mail of a few sentences, once as text and once as HTML. */
const sentence = 'Seit Montag tropft im Badezimmer der Hahn, und das Wasser läuft inzwischen bis in den Flur. ';

/** What a row takes with its indexes when there are many, and what a board costs over a long past. */
export const storage: Part = { keys: keys.storage, isOnlyByName: true, measure: measureStorage };

async function measureStorage(bench: Bench): Promise<Measured[]> {
  const rows = bench.size(1_000_000, 50_000);
  bench.say(`storage: ${grouped(rows)} tickets, events and messages`);
  const desk = await bench.cluster.desk({ tickets: openTickets, team: 8 });
  try {
    const young = await repeat(bench.runs, () => boardMs(desk));
    await claimSome(desk, desk.tickets.values(), 20);
    for (let from = 1; from <= rows; from += atOnce) await past(desk, { from, to: Math.min(rows, from + atOnce - 1) });
    await desk.owner`vacuum (analyze) lotse.tickets, lotse.events, lotse.messages`;
    const old = await repeat(bench.runs, () => boardMs(desk));
    const figures = [];
    for (const [what, table] of [
      ['ticket', 'lotse.tickets'],
      ['event', 'lotse.events'],
      ['message', 'lotse.messages'],
    ] as const) {
      const { each, indexes } = await sizeOf(desk, table, rows);
      const limit = `row with its indexes, which are ${Math.round(indexes)} of them; files, other tables and bloat come beside it`;
      figures.push(figure({ key: `storage.${what}.bytes`, unit: 'bytes', runs: [each], limit }));
    }
    return [
      ...figures,
      figure({
        key: 'storage.board_over_1000000.ms',
        unit: 'ms',
        runs: old,
        limit: `${grouped(openTickets)} open of ${grouped(rows)} in one workspace, read whole under row-level security; without a past ${round(median(young))} ms`,
      }),
    ];
  } finally {
    await desk.drop();
  }
}

async function boardMs({ cast }: Desk): Promise<number> {
  const begin = now();
  const { cards } = await snapshot(cast.mona);
  if (cards.length !== openTickets) throw new Error(`The board has ${cards.length} cards`);
  return now() - begin;
}

type Span = { from: number; to: number };

/** Closed tickets, each with a message and an event, as a restored backup comes: they were judged when they were made. */
async function past({ owner, cast: { workspaceId, ben } }: Desk, { from, to }: Span): Promise<void> {
  await owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`
      insert into lotse.tickets (
        workspace_id, number, subject, pool_id, requester_id, responsible_member_id, priority, channel, tags, status,
        created_at, claimed_at, first_answered_at, closed_at, last_customer_at, last_message_at
      )
      select
        workspace_id, 100000 + i, subject, pool_id, requester_id, ${ben.memberId}, priority, channel, tags, 'closed',
        at.at, at.at, at.at, at.at, at.at, at.at
      from (
        select row_number() over (order by number) as place, *
        from lotse.tickets
        where workspace_id = ${workspaceId} and number <= 2000
      ) t
      join generate_series(${from}::int, ${to}::int) i on i % 1000 + 1 = t.place
      cross join lateral (select now() - make_interval(mins => i) as at) at
    `;
    await tx`
      insert into lotse.messages (
        workspace_id, ticket_id, kind, visibility, author_contact_id, channel, body_html, body_text, occurred_at
      )
      select
        workspace_id, id, 'message', 'public', requester_id, 'mail',
        '<p>' || number || repeat(${sentence}, 6) || '</p>', number || repeat(${sentence}, 6), created_at
      from lotse.tickets
      where workspace_id = ${workspaceId} and number between ${from + 100_000} and ${to + 100_000}
    `;
    // Copies of a real claim, each of another ticket.
    await tx`
      insert into lotse.events (
        workspace_id, seq, class, type, ticket_id, actor_kind, actor_member_id, command_id, audience, payload, created_at
      )
      select
        workspace_id, 1000000 + i, class, type, gen_random_uuid(), actor_kind, actor_member_id, gen_random_uuid(), audience, payload,
        now() - make_interval(mins => i)
      from generate_series(${from}::int, ${to}::int) i
      cross join (select * from lotse.events where workspace_id = ${workspaceId} and type = 'ticket.claimed' order by seq limit 1) e
    `;
  });
}

async function sizeOf({ owner }: Desk, table: string, rows: number): Promise<{ each: number; indexes: number }> {
  const [size] = await owner<{ whole: number; indexes: number }[]>`
    select pg_total_relation_size(${table}::regclass)::float8 as whole, pg_indexes_size(${table}::regclass)::float8 as indexes
  `;
  if (!size) throw new Error(`There is no ${table}`);
  return { each: size.whole / rows, indexes: size.indexes / rows };
}
