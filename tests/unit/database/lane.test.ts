import { expect, test, vi } from 'vitest';
import { Lane } from '#server/database/lane.ts';

const limits = { width: 2, perWorkspace: 1, mostWaiting: 10, mostWaitMs: 1_000 };

/** Work that ends when it is told to, and a list of what has begun. */
function crowd(lane: Lane) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    end: (name: string) => ends.get(name)?.(),
    come: (workspace: string, name: string) =>
      lane.run(workspace, () => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      }),
  };
}

test('the writers of a workspace come in turn, and leave room for another workspace', async () => {
  const { begun, come, end } = crowd(new Lane(limits));
  const all = [come('north', 'n1'), come('north', 'n2'), come('north', 'n3'), come('south', 's1'), come('east', 'e1')];
  expect(begun).toEqual(['n1', 's1']);
  end('n1');
  await all[0];
  expect(begun).toEqual(['n1', 's1', 'n2']);
  end('n2');
  await all[1];
  // North has waited longer, but it was its turn just now.
  await vi.waitFor(() => expect(begun).toEqual(['n1', 's1', 'n2', 'e1']));
  for (const name of ['s1', 'e1']) end(name);
  await vi.waitFor(() => expect(begun).toContain('n3'));
  end('n3');
  await Promise.all(all);
});

test('work that fails makes room, too', async () => {
  const lane = new Lane(limits);
  await expect(lane.run('north', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await lane.run('north', () => Promise.resolve('yes'))).toBe('yes');
});

test('who would wait as one too many is refused at once', async () => {
  const { come, end } = crowd(new Lane({ ...limits, mostWaiting: 1 }));
  const first = come('north', 'first');
  const second = come('north', 'second');
  await expect(come('north', 'third')).rejects.toMatchObject({ code: 'LANE_FULL' });
  end('first');
  await first;
  await vi.waitFor(() => end('second'));
  await second;
});

test('who has waited too long is refused, and takes nobody’s turn', async () => {
  vi.useFakeTimers();
  try {
    const { begun, come, end } = crowd(new Lane(limits));
    const first = come('north', 'first');
    const late = expect(come('north', 'late')).rejects.toMatchObject({ code: 'LANE_FULL' });
    await vi.advanceTimersByTimeAsync(limits.mostWaitMs);
    await late;
    const next = come('north', 'next');
    end('first');
    await first;
    await vi.advanceTimersByTimeAsync(0);
    expect(begun).toEqual(['first', 'next']);
    end('next');
    await next;
  } finally {
    vi.useRealTimers();
  }
});
