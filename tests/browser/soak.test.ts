import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeAuth } from '#server/auth/home.ts';
import { soak } from '../chaos/soak.ts';
import { createLiveDatabase } from '../support/live.ts';
import type { TestDatabase } from '../support/database.ts';

/* The same for half an hour: `npm run chaos -- --soak --minutes 30`. */

let database: TestDatabase;

beforeEach(async () => {
  database = await createLiveDatabase();
});
afterEach(async () => {
  await closeAuth();
  await database.drop();
});

const short = (imports: string[]) =>
  soak({
    database,
    size: { team: 4, tickets: 10 },
    viewers: 20,
    // Everybody leaves within six seconds: what one of them leaves behind is soon as much as all.
    churnPercent: 1_000,
    commandsPerSecond: 4,
    eventsBefore: 0,
    forMs: 9_000,
    everyMs: 1_000,
    imports,
    say: () => undefined,
  });

const seats = ['connections', 'seats', 'sockets', 'turns'];

test('a server keeps nothing of those who went away, and everybody who is there sees what is', async () => {
  const met = await short([]);
  expect(met.wrong).toEqual([]);
  expect(met.left).toBeGreaterThan(10);
  expect(met.answers['done']).toBeGreaterThan(0);
  expect(met.trends.filter(({ name, isFlat }) => seats.includes(name) && !isFlat)).toEqual([]);
});

test('what a server keeps of them is found', async () => {
  const met = await short(['./leak.ts']);
  expect(met.trends.filter(({ isFlat }) => !isFlat).map(({ name }) => name)).toEqual(expect.arrayContaining(seats));
});
