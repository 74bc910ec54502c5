import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Attendance, type Page, type Visit, type Voice } from '#server/realtime/presence.ts';
import { namesUpTo } from '#server/realtime/presence/roll.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function desk() {
  const voice = {
    online: vi.fn<Voice['online']>(),
    people: vi.fn<Voice['people']>(),
    looks: vi.fn<Voice['looks']>(),
    typing: vi.fn<Voice['typing']>(),
    teamTyping: vi.fn<Voice['teamTyping']>(),
  };
  const attendance = new Attendance(voice);
  const page: Page = { socketId: 's', rooms: () => new Set(['staff']), renew: vi.fn() };
  const visit = (member: string): Visit => ({
    workspaceId: 'nord',
    memberId: member,
    audienceOf: () => ['staff'],
    page,
  });
  const arrive = (from: number, to: number) => {
    const visits = Array.from({ length: to - from }, (_, i) => visit(`m${from + i}`));
    for (const each of visits) attendance.arrive(each);
    return visits;
  };
  return { voice, attendance, page, visit, arrive };
}

describe('who comes', () => {
  test('alone is told at once', () => {
    const { voice, arrive } = desk();
    arrive(0, 1);
    expect(voice.online.mock.calls).toEqual([['nord', [{ member: 'm0', isOnline: true }]]]);
  });

  test('with many others is told together with them, in their order, and nobody is left out', () => {
    const { voice, arrive } = desk();
    arrive(0, 300);
    expect(voice.online).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(200);
    expect(voice.online).toHaveBeenCalledTimes(2);
    expect(voice.online.mock.calls.flatMap(([, changes]) => changes.map(({ member }) => member))).toEqual(
      Array.from({ length: 300 }, (_, i) => `m${i}`),
    );
    // Nothing more to tell, and nothing that waits.
    vi.advanceTimersByTime(1_000);
    expect(voice.online).toHaveBeenCalledTimes(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a crowd', () => {
  test('of five thousand is told in a handful of messages, and by no names', () => {
    const { voice, attendance, page, visit, arrive } = desk();
    arrive(0, 5_000);
    vi.advanceTimersByTime(1_000);
    expect(voice.people.mock.calls).toEqual([['nord', { isCrowd: true, online: [] }]]);
    expect(voice.online.mock.calls.length).toBeLessThan(3);
    expect(attendance.seenBy(visit('m1'), page)).toMatchObject({ isCrowd: true, online: [] });
  });

  test('still tells who looks at what', () => {
    const { voice, attendance, arrive, page } = desk();
    const [first] = arrive(0, namesUpTo.most + 1);
    if (!first) throw new Error('nobody came');
    attendance.look(first, 't1');
    expect(voice.looks).toHaveBeenLastCalledWith('nord', ['staff'], { ticket: 't1', members: ['m0'] });
    expect(attendance.seenBy(first, page).looks).toEqual([{ ticket: 't1', members: ['m0'] }]);
  });

  test('that became small is named again, all at once, and no sooner than it is clearly smaller', () => {
    const { voice, attendance, arrive, page, visit } = desk();
    const visits = arrive(0, namesUpTo.most + 1);
    const leave = (count: number) => {
      for (const each of visits.splice(0, count)) attendance.depart(each);
      vi.advanceTimersByTime(5_000);
    };
    leave(50);
    expect(voice.people).toHaveBeenCalledTimes(1);
    leave(60);
    expect(voice.people).toHaveBeenCalledTimes(2);
    const [, people] = voice.people.mock.calls[1] ?? [];
    expect(people?.isCrowd).toBe(false);
    const { online } = attendance.seenBy(visit('m600'), page);
    expect(online.toSorted()).toEqual(visits.map(({ memberId }) => memberId).toSorted());
  });
});
