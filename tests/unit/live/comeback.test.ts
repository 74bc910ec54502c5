import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Comeback } from '#lib/live/comeback.ts';

/** A browser's page that can be hidden. */
function surround() {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', new EventTarget());
  return {
    show(state: 'visible' | 'hidden') {
      page.visibilityState = state;
      page.dispatchEvent(new Event('visibilitychange'));
    },
    network: (name: 'online' | 'offline') => window.dispatchEvent(new Event(name)),
  };
}

function line() {
  const way = {
    connected: false,
    connect: vi.fn(),
    disconnect: vi.fn(() => (way.connected = false)),
  };
  const ears = { onoffline: vi.fn(), onwake: vi.fn(), onlook: vi.fn(), onagain: vi.fn() };
  // Of Socket.io's client only this much is used.
  const comeback = new Comeback(way as never, ears);
  return { way, ears, comeback };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('a page that lost its line', () => {
  test('tries again after random waits that may be as long as it has been away, from one second up to fifteen', () => {
    surround();
    const { way, comeback } = line();
    comeback.start();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 11; attempt++) {
      const before = Date.now();
      comeback.soon();
      vi.advanceTimersToNextTimer();
      waits.push(Date.now() - before);
    }
    expect(way.connect).toHaveBeenCalledTimes(12);
    expect(waits.map(Math.round)).toEqual([500, 500, 500, 750, 1_125, 1_687, 2_531, 3_796, 5_694, 7_500, 7_500]);
  });

  test('starts over with short waits once all was well, or the network is back', () => {
    const browser = surround();
    const { way, comeback } = line();
    comeback.start();
    for (let attempt = 0; attempt < 5; attempt++) {
      comeback.soon();
      vi.advanceTimersToNextTimer();
    }
    comeback.settle();
    way.connect.mockClear();
    comeback.soon();
    vi.advanceTimersByTime(500);
    expect(way.connect).toHaveBeenCalledOnce();
    for (let attempt = 0; attempt < 9; attempt++) {
      comeback.soon();
      vi.advanceTimersToNextTimer();
    }
    way.connect.mockClear();
    browser.network('online');
    vi.advanceTimersByTime(500);
    expect(way.connect).toHaveBeenCalledOnce();
    browser.network('online');
    vi.advanceTimersByTime(500);
    expect(way.connect).toHaveBeenCalledTimes(2);
  });

  test('takes a line on which nobody speaks for a dead one', () => {
    surround();
    const { way, comeback } = line();
    comeback.start();
    way.connected = true;
    vi.advanceTimersByTime(20_000);
    expect(way.disconnect).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(500);
    expect(way.connect).toHaveBeenCalledTimes(2);
  });

  test('does not come back where it ended for good, and says when it is looked at again', () => {
    const browser = surround();
    const { way, ears, comeback } = line();
    comeback.start();
    comeback.end();
    comeback.soon();
    browser.network('online');
    browser.show('visible');
    vi.advanceTimersByTime(60_000);
    expect(way.connect).toHaveBeenCalledOnce();
    expect(ears.onlook).toHaveBeenCalledOnce();
    comeback.startAgain();
    vi.advanceTimersByTime(500);
    expect(way.connect).toHaveBeenCalledTimes(2);
  });
});

describe('a hidden page', () => {
  test('asks what it missed when it is shown, if its line is open', () => {
    const browser = surround();
    const { way, ears, comeback } = line();
    comeback.start();
    way.connected = true;
    browser.show('hidden');
    expect(ears.onwake).not.toHaveBeenCalled();
    browser.show('visible');
    expect(ears.onwake).toHaveBeenCalledOnce();
  });

  test('opens its line at once when it is shown, however long it would have waited', () => {
    const browser = surround();
    const { way, comeback } = line();
    comeback.start();
    for (let attempt = 0; attempt < 9; attempt++) {
      comeback.soon();
      vi.advanceTimersToNextTimer();
    }
    comeback.soon();
    way.connect.mockClear();
    browser.show('hidden');
    browser.show('visible');
    vi.advanceTimersByTime(500);
    expect(way.connect).toHaveBeenCalledOnce();
  });

  test('that was closed listens to nothing any more', () => {
    const browser = surround();
    const { way, ears, comeback } = line();
    const stop = comeback.start();
    stop();
    browser.show('visible');
    browser.network('offline');
    vi.advanceTimersByTime(60_000);
    expect([way.connect.mock.calls.length, ears.onoffline.mock.calls.length]).toEqual([1, 0]);
  });
});
