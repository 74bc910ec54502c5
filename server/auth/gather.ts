type Waiting<K, V> = { key: K; resolve: (value: V) => void; reject: (error: unknown) => void };

/** More in one query would keep the first of them waiting. */
const most = 500;

/**
 * Asks one question for many: whoever comes while an answer is under way waits for the next, which is for all of them. After a
 * restart five thousand screens knock at once, and each would ask the same.
 * @param answerAll resolves with what is true of each key
 */
export function gather<K, V>(answerAll: (keys: K[]) => Promise<(key: K) => V>): (key: K) => Promise<V> {
  let waiting: Waiting<K, V>[] = [];
  let isAsking = false;

  async function ask(): Promise<void> {
    isAsking = true;
    while (waiting.length > 0) {
      const now = waiting.slice(0, most);
      waiting = waiting.slice(most);
      try {
        const answer = await answerAll(now.map(({ key }) => key));
        for (const { key, resolve } of now) resolve(answer(key));
      } catch (error) {
        for (const { reject } of now) reject(error);
      }
    }
    isAsking = false;
  }

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (!isAsking) void ask();
    });
}
