import { expect, test } from 'vitest';
import { Reach } from '#server/database/reach.ts';

const never = () => new Promise<boolean>(() => undefined);
const yes = () => Promise.resolve(true);
const no = () => Promise.reject(new Error('away'));

test('a pool that gets no answer while the database answers others hangs', async () => {
  const reach = new Reach({ works: never, worksAnew: yes, hungAfterMs: 0 });
  void reach.isReady();
  expect(await reach.isHung()).toBe(true);
});

test('so does one that only fails', async () => {
  const reach = new Reach({ works: no, worksAnew: yes, hungAfterMs: 0 });
  await expect(reach.isReady()).rejects.toThrow('away');
  expect(await reach.isHung()).toBe(true);
});

test('not before it has been so for long', async () => {
  const reach = new Reach({ works: never, worksAnew: yes, hungAfterMs: 60_000 });
  void reach.isReady();
  expect(await reach.isHung()).toBe(false);
});

test('a database that is away for all is nothing that another process could do better', async () => {
  const reach = new Reach({ works: no, worksAnew: no, hungAfterMs: 0 });
  await expect(reach.isReady()).rejects.toThrow('away');
  await expect(reach.isHung()).rejects.toThrow('away');
});

test('one answer ends it, and nothing is asked twice at once', async () => {
  let asked = 0;
  const answer = Promise.withResolvers<boolean>();
  const works = () => {
    asked++;
    return answer.promise;
  };
  const reach = new Reach({ works, worksAnew: yes, hungAfterMs: 0 });
  const both = Promise.all([reach.isReady(), reach.isReady()]);
  expect(asked).toBe(1);
  expect(await reach.isHung()).toBe(true);
  answer.resolve(true);
  expect(await both).toEqual([true, true]);
  expect(await reach.isHung()).toBe(false);
});
