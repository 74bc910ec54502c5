import { expect, test } from 'vitest';
import { Queue, type Place } from '#server/realtime/queue.ts';

/** Whose turn it is, by name. */
function queue(mostInside: number, mostWaiting: number) {
  const line = new Queue(mostInside, mostWaiting);
  const inside: string[] = [];
  const enter = (name: string, key = 'office'): Place | null => {
    const place = line.enter(key);
    void place?.turn.then(() => inside.push(name));
    return place;
  };
  return { enter, inside, settled: () => Promise.resolve().then(() => inside) };
}

test('who comes when all places are taken waits, and comes in by turns', async () => {
  const { enter, settled } = queue(2, 10);
  const [ada, ben] = [enter('ada'), enter('ben')];
  enter('cleo');
  enter('gus');
  expect(await settled()).toEqual(['ada', 'ben']);
  ben?.leave();
  expect(await settled()).toEqual(['ada', 'ben', 'cleo']);
  ada?.leave();
  expect(await settled()).toEqual(['ada', 'ben', 'cleo', 'gus']);
});

test('who leaves the line is not called, and who leaves twice frees one place', async () => {
  const { enter, settled } = queue(1, 10);
  const ada = enter('ada');
  const ben = enter('ben');
  enter('cleo');
  enter('gus');
  ben?.leave();
  ada?.leave();
  ada?.leave();
  ben?.leave();
  expect(await settled()).toEqual(['ada', 'cleo']);
});

test('the line has an end, which is free again when somebody left', async () => {
  const { enter, settled } = queue(1, 1);
  enter('ada');
  const ben = enter('ben');
  expect(enter('cleo')).toBeNull();
  ben?.leave();
  expect(enter('gus')).not.toBeNull();
  expect(await settled()).toEqual(['ada']);
});

test('one kind does not wait for another', async () => {
  const { enter, settled } = queue(1, 1);
  enter('ada');
  enter('petra', 'home');
  expect(await settled()).toEqual(['ada', 'petra']);
});

test('when all have left, all places are free', async () => {
  const { enter, settled } = queue(2, 5);
  const all = ['ada', 'ben', 'cleo'].map((name) => enter(name));
  for (const place of all.toReversed()) place?.leave();
  enter('gus');
  enter('ilse');
  expect(await settled()).toEqual(expect.arrayContaining(['gus', 'ilse']));
  expect(await settled()).not.toContain('cleo');
});
