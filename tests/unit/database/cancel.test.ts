import { expect, test, vi } from 'vitest';
import { whileWanted } from '#server/database/cancel.ts';

const late = vi.hoisted(() => Promise.withResolvers<void>());
vi.mock('node:timers/promises', () => ({ setTimeout: () => late.promise }));
vi.mock('#server/database/pool.ts', () => ({ beside: () => () => new Promise(() => undefined) }));

test('a line that went silent holds up nobody for ever who wanted a statement ended', async () => {
  const typedOn = new AbortController();
  const ended = Promise.withResolvers<string>();
  const asked = whileWanted(typedOn.signal, 1, () => ended.promise);
  typedOn.abort();
  ended.resolve('by its own time');
  late.resolve();
  expect(await asked).toBe('by its own time');
});
