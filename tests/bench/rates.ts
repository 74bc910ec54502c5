import { connect } from '#server/database/pool.ts';
import { connections, type Desk } from './desk.ts';

/** Claimed before the clock runs: connections open, plans and machine code are made, half of it with a grown ledger. */
export const warmUp = 300;

/** So long at most, on whatever machine; a rate is one after a few seconds. */
const mostMs = 6_000;

/** Callers who each take the next one as soon as they are done with theirs. @returns how many were done in a second */
export async function rateOf<T>(callers: number, work: readonly T[], one: (item: T, caller: number) => Promise<unknown>) {
  let done = 0;
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      while (performance.now() - begin < mostMs) {
        const item = work[done++];
        if (item === undefined) return;
        await one(item, caller);
      }
    }),
  );
  return Math.min(done, work.length) / ((performance.now() - begin) / 1000);
}

/** The least that a claim can be: begin, take the row if nobody has it, write down who, commit. */
export async function bareRate({ url, owner }: Desk, callers: number, count: number): Promise<number> {
  await owner`create table bare (id int primary key, holder int)`;
  await owner`create table bare_log (id bigint generated always as identity primary key, ticket int, holder int)`;
  await owner`insert into bare select i from generate_series(1, ${count + warmUp}::int) i`;
  const sql = connect(url, { connections, name: 'lotse bench bare' });
  const one = (id: number, caller: number) =>
    sql.begin(async (tx) => {
      await tx`update bare set holder = ${caller} where id = ${id} and holder is null`;
      await tx`insert into bare_log (ticket, holder) values (${id}, ${caller})`;
    });
  try {
    const ids = Array.from({ length: count + warmUp }, (_, i) => i + 1);
    await rateOf(callers, ids.slice(0, warmUp), one);
    return await rateOf(callers, ids.slice(warmUp), one);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
