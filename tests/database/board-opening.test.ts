import { beforeAll, describe, expect, test } from 'vitest';
import { besides, columnsBy } from '#lib/board/columns.ts';
import { inOrder } from '#lib/board/order.ts';
import { boardFrom, isUnread, type Card, type Snapshot } from '#lib/shared/board.ts';
import { noFilters, sift, type Filters } from '#lib/shared/filter.ts';
import { groupings, wholeUpTo, type Counts, type Grouping } from '#lib/shared/parts.ts';
import { viewerOf } from '#lib/shared/permissions.ts';
import { channels, priorities } from '#lib/shared/ticket.ts';
import { snapshot } from '#server/domain/board.ts';
import { opening } from '#server/domain/board/opening.ts';
import { createTicket, run, type Member } from '../support/cast.ts';
import { Chance } from '../support/chance.ts';
import { plant } from '../support/planted.ts';
import { useWorkspace } from '../support/workspace.ts';

// What the server says of columns, filters and counts is held to what the browser makes of all cards.

const desk = useWorkspace();
let viewers: [Member, 'administrator' | 'moderator' | 'member'][];

beforeAll(async () => {
  const { cast } = desk;
  await run(cast.ada, 'pool.create', { name: 'Unterpool', parent: cast.heating });
  const former = (await run(cast.ada, 'group.create', { name: 'Früher' })).result['group'] ?? '';
  await run(cast.ada, 'group.setMember', { group: former, member: cast.ben.memberId, isMember: true });
  await plant(desk.db.owner, cast, 2_000);
  await desk.db.owner`
    update lotse.tickets set responsible_group_id = ${former} where responsible_group_id is not null and number % 3 = 0
  `;
  await run(cast.ada, 'group.change', { group: former, isArchived: true });
  viewers = [
    [cast.ada, 'administrator'],
    [cast.mona, 'moderator'],
    [cast.ben, 'member'],
    [cast.gus, 'member'],
  ];
});

type Columns = { cards: Card[]; key: string }[];

/** The columns a browser makes of these cards; what lies beside them counts as one. */
function columnsOf(cards: readonly Card[], by: Grouping, { whole, me, role }: Whose): Columns {
  const viewer = viewerOf({ id: me.memberId, role }, whole.pools, whole.groups);
  const world = { ...whole, cards, viewer };
  const columns = columnsBy(by, world).flatMap(({ key, cards, taken }) => [
    { key, cards },
    { key: `${key}:taken`, cards: taken },
  ]);
  if (by !== 'pool') return columns;
  const mine = cards.filter((card) => card.member === me.memberId).toSorted(inOrder);
  return [...columns, { key: `member:${me.memberId}`, cards: mine }, { key: 'beside', cards: besides(world) }];
}
type Whose = { whole: Snapshot; me: Member; role: 'administrator' | 'moderator' | 'member' };

function expectSame({ cards, counts }: { cards: Card[]; counts: Counts }, columns: Columns): void {
  const came = new Map(cards.map((card) => [card.id, card]));
  for (const { key, cards: all } of columns.filter(({ cards }) => cards.length > 0)) {
    const oldest = all.map(({ created }) => created).toSorted()[0];
    expect(counts[key], key).toEqual({ count: all.length, oldest });
    if (key.endsWith(':taken')) continue;
    const first = all.slice(0, 12);
    expect(
      first.map(({ id }) => came.get(id)),
      key,
    ).toEqual(first);
  }
}

describe.each(groupings)('a large board by %s', (by) => {
  test('begins with the first cards of each column and the counts of all', async () => {
    for (const [me, role] of viewers) {
      const whole = await snapshot(me);
      const begun = await opening(me, { by });
      if (whole.cards.length <= wholeUpTo) {
        expect(begun).toEqual({ snapshot: whole, isWhole: true, counts: {} });
        continue;
      }
      expect(begun.isWhole).toBe(false);
      const columns = columnsOf(whole.cards, by, { whole, me, role });
      expectSame({ cards: begun.snapshot.cards, counts: begun.counts }, columns);
      expect(begun.snapshot.cards.length).toBeLessThanOrEqual(12 * columns.length);
      expect(begun.snapshot.seq).toBe(whole.seq);
    }
  });

  test('answers filters as the browser does once all cards are there', async () => {
    const chance = new Chance(groupings.indexOf(by) + 7);
    for (let round = 0; round < 25; round++) {
      const [me, role] = chance.of(viewers);
      const filters = randomFilters(chance);
      const whole = await snapshot(me);
      const board = boardFrom(whole);
      const eyes = { me: me.memberId, isUnread: (card: Card) => isUnread(board, card) };
      const passed = sift(whole.cards, filters, eyes);
      const { snapshot: part, counts } = await opening(me, { by, filters });
      expectSame({ cards: part.cards, counts }, columnsOf(passed, by, { whole, me, role }));
      const all = new Set(passed.map(({ id }) => id));
      expect(
        part.cards.filter(({ id }) => !all.has(id)),
        JSON.stringify(filters),
      ).toEqual([]);
    }
  });
});

const words = [
  'müller',
  'MULLER',
  'strasse',
  'straße',
  'strauss',
  'ipek',
  'i̇pek',
  'οδος',
  'renee 1',
  '#10',
  'cafe',
  'kalt notf',
  '%',
  '\\',
];

function randomFilters(chance: Chance): Filters {
  return {
    text: chance.is(0.8) ? chance.of(words) : '',
    priorities: chance.is(0.3) ? priorities.filter(() => chance.is(0.5)) : [],
    channels: chance.is(0.2) ? channels.filter(() => chance.is(0.6)) : [],
    tags: chance.is(0.2) ? ['eilig'] : [],
    onlyUnread: chance.is(0.2),
    onlyMine: chance.is(0.2),
    // Never none at all: an empty search has no server to ask.
    onlyWaiting: chance.is(0.3),
  };
}

test('without filters a beginning is asked for as usual', async () => {
  const { snapshot: begun } = await opening(desk.cast.mona, { by: 'pool', filters: noFilters });
  expect(begun).toEqual((await opening(desk.cast.mona, { by: 'pool' })).snapshot);
});

test('a board of common size comes whole', async () => {
  const { zoe } = desk.cast;
  await run(zoe, 'pool.create', { name: 'IT' });
  expect(await opening(zoe, { by: 'status' })).toEqual({ snapshot: await snapshot(zoe), isWhole: true, counts: {} });
});

test('nobody is told a card, or a number, that he may not see', async () => {
  const { cleo, ada } = desk.cast;
  const { snapshot: begun } = await opening(cleo, { by: 'pool' });
  const seen = new Set(begun.cards.map(({ id }) => id));
  expect([...seen].every((id) => begun.cards.find((card) => card.id === id)?.member === cleo.memberId)).toBe(true);
  await createTicket({ ...desk.cast, ada }, { subject: 'geheim' });
  const { counts } = await opening(cleo, { by: 'pool', filters: { ...noFilters, text: 'geheim' } });
  expect(counts).toEqual({});
});
