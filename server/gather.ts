import { Fault } from '#lib/shared/faults.ts';

type Waiting<K, V> = { key: K; resolve: (value: V) => void; reject: (error: unknown) => void };

/** More in one query would keep the first of them waiting. */
const most = 500;
/** So far apart questions begin that are not full: asked one by one, each would cost a transaction of its own. */
const apartMs = 10;
/** So long a question keeps the next from being asked, unless that one is full. */
const slowMs = 500;
/** So many questions at once, each on a connection of its own. */
const mostAtOnce = 3;
/** Then nobody waits for the answer any more, and the next question is asked. */
const hangMs = 5_000;
/** Whoever comes when so many wait is refused at once; so nobody waits longer than 20 / 3 questions that hang, about 35 s. */
const mostWaiting = 10_000;

/**
 * Asks one question for many: whoever comes while an answer is under way waits for the next, which is for all of them. After a
 * restart five thousand screens knock at once, and each would ask the same.
 * @param answerAll resolves with what is true of each key
 * @returns how to ask; throws Fault `busy` where no answer comes in time
 */
export function gather<K, V>(answerAll: (keys: K[]) => Promise<(key: K) => V>): (key: K) => Promise<V> {
  let waiting: Waiting<K, V>[] = [];
  let asking = 0;
  /** Those of `asking` that the next one need not wait for. */
  let slow = 0;
  let begunAt = -Infinity;
  let pause: ReturnType<typeof setTimeout> | undefined;

  function askNext(): void {
    while (waiting.length > 0 && asking < mostAtOnce && (asking === slow || waiting.length >= most)) {
      const early = begunAt + apartMs - performance.now();
      if (early > 0 && waiting.length < most) {
        pause ??= setTimeout(() => {
          pause = undefined;
          askNext();
        }, early);
        return;
      }
      void ask();
    }
  }

  async function ask(): Promise<void> {
    const now = waiting.slice(0, most);
    waiting = waiting.slice(most);
    asking++;
    begunAt = performance.now();
    let isSlow = false;
    const patience = setTimeout(() => {
      isSlow = true;
      slow++;
      askNext();
    }, slowMs);
    try {
      const answer = await inTime(answerAll(now.map(({ key }) => key)));
      for (const { key, resolve } of now) resolve(answer(key));
    } catch (error) {
      for (const { reject } of now) reject(error);
    }
    clearTimeout(patience);
    asking--;
    if (isSlow) slow--;
    askNext();
  }

  return (key) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= mostWaiting) return reject(new Fault('busy'));
      waiting.push({ key, resolve, reject });
      askNext();
    });
}

function inTime<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Fault('busy')), hangMs);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
