import { expect, test, vi } from 'vitest';
import { Hearing } from '#server/realtime/presence/hearing.ts';
import { words, type Words } from '#server/realtime/presence/words.ts';

const all = (page: string): Words => ({
  kind: 'all',
  visits: [{ id: page, member: '01a20042-fbe1-7628-ae18-4b960ed41194', ticket: null }],
  asks: false,
});
const gone = (id: number): Words => ({ kind: 'gone', id: String(id) });

/** A database that answers when the test says so, and what was taken in. */
function slow() {
  const taken: [string, Words][] = [];
  const answer = Promise.withResolvers<void>();
  const hearing = new Hearing(async (from, heard) => {
    await answer.promise;
    taken.push([from, heard]);
  });
  return { hearing, taken, answer: answer.resolve };
}

test('what is heard is taken in one after the other', async () => {
  const { hearing, taken, answer } = slow();
  for (const id of [1, 2, 3]) hearing.hear('one', gone(id));
  answer();
  await vi.waitFor(() => expect(taken).toHaveLength(3));
  expect(taken.map(([, heard]) => heard)).toEqual([gone(1), gone(2), gone(3)]);
  hearing.hear('one', gone(4));
  await vi.waitFor(() => expect(taken).toHaveLength(4));
});

test('of all that a process has only its newest word waits', async () => {
  const { hearing, taken, answer } = slow();
  hearing.hear('two', gone(1));
  for (let beat = 1; beat <= 1_000; beat++) {
    hearing.hear('one', all(`page ${beat}`));
    hearing.hear('two', all(`other page ${beat}`));
  }
  answer();
  await vi.waitFor(() => expect(taken).toHaveLength(3));
  expect(taken.slice(1)).toEqual([
    ['one', all('page 1000')],
    ['two', all('other page 1000')],
  ]);
});

test('the rest is dropped beyond some hundred', async () => {
  const { hearing, taken, answer } = slow();
  for (let id = 0; id < 10_000; id++) hearing.hear('one', gone(id));
  answer();
  await vi.waitFor(() => expect(taken).toHaveLength(501));
});

test('more pages than a process can have are not even read', () => {
  const visit = { id: '1', member: '01a20042-fbe1-7628-ae18-4b960ed41194', ticket: null };
  const visits = Array.from({ length: 50_001 }, () => visit);
  expect(words.safeParse({ kind: 'all', visits, asks: false }).success).toBe(false);
  expect(words.safeParse({ kind: 'all', visits: visits.slice(1), asks: false }).success).toBe(true);
});
