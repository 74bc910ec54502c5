import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { relativeTime } from '#lib/i18n/formats.ts';
import { now, setClock } from '#lib/ui/clock.ts';

const present = Date.parse('2026-03-02T10:00:00Z');
const day = 86_400_000;

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: present }));
afterEach(() => vi.useRealTimers());

test('a device whose clock is wrong shows the same ages as all others', () => {
  for (const wrongBy of [day, -day, 90_000]) {
    vi.setSystemTime(present + wrongBy);
    setClock(present);
    expect(now()).toBe(present);
    expect(relativeTime(new Date(present - 120_000).toISOString(), now())).toBe(
      relativeTime(new Date(present - 120_000).toISOString(), present),
    );
  }
});

test('time goes on from there', () => {
  vi.setSystemTime(present - day);
  setClock(present);
  vi.setSystemTime(present - day + 60_000);
  expect(now()).toBe(present + 60_000);
});
