import { expect, test } from 'vitest';
import { search } from '#server/domain/search.ts';
import { inTurn } from '#server/domain/search/turn.ts';
import { until } from '../support/until.ts';
import { useWorkspace } from '../support/workspace.ts';

const desk = useWorkspace();
const waiting = new AbortController().signal;

test('a search that takes too long is ended, and he who asked is told that the server is busy', async () => {
  await desk.db.owner.begin(async (sql) => {
    await sql`lock table lotse.search_entries in access exclusive mode`;
    await expect(search(desk.cast.ben, 'heizung')).rejects.toMatchObject({ code: 'busy', cause: { code: '57014' } });
  });
  expect((await search(desk.cast.ben, 'heizung')).hits).toEqual([]);
});

test('few search at once, two of one workspace, and the others in turn', async () => {
  const gate = Promise.withResolvers<void>();
  const begun: string[] = [];
  const ask = (workspace: string) =>
    inTurn(workspace, waiting, async () => {
      begun.push(workspace);
      await gate.promise;
    });
  const all = ['a', 'a', 'a', 'b', 'b', 'c'].map(ask);
  await Promise.resolve();
  expect(begun).toEqual(['a', 'a', 'b']);
  gate.resolve();
  await Promise.all(all);
  expect(begun.toSorted()).toEqual(['a', 'a', 'a', 'b', 'b', 'c']);
});

test('who typed on meanwhile costs no search', async () => {
  let isBegun = false;
  const asked = inTurn('a', AbortSignal.abort(), () => Promise.resolve((isBegun = true)));
  await expect(asked).rejects.toMatchObject({ code: 'busy' });
  expect(isBegun).toBe(false);
});

test('a search that runs is ended when who asked has typed on, and its connection is as good as before', async () => {
  const typedOn = new AbortController();
  await desk.db.owner.begin(async (sql) => {
    await sql`lock table lotse.search_entries in access exclusive mode`;
    const asked = search(desk.cast.ben, 'heizung', { signal: typedOn.signal });
    const ended = expect(asked).rejects.toMatchObject({
      code: 'busy',
      cause: { message: expect.stringMatching(/user request/) },
    });
    await until(async () => {
      const [waiting] = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
      `;
      return waiting;
    });
    typedOn.abort();
    await ended;
  });
  const others = Array.from({ length: 8 }, () => search(desk.cast.ben, 'heizung'));
  expect((await Promise.all(others)).map(({ hits }) => hits)).toEqual(others.map(() => []));
});
