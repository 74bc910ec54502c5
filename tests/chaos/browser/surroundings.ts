import { parentPort } from 'node:worker_threads';
import type { Told } from './words.ts';

/*
 * What a browser has around the page and Node has not: an address, a document that can be hidden, a storage that outlives the
 * tab, and requests that carry the cookie and may be relative.
 */

export type Setting = { port: number; cookie: string; stored: Record<string, string> };

const tell = (told: Told) => parentPort?.postMessage(told);

type Surroundings = { show(isVisible: boolean): void; network(isUp: boolean): void };

/** @param cookieNow whose request this is, where the process is more than one browser */
export function surround({ port, cookie, stored }: Setting, cookieNow = () => cookie): Surroundings {
  const host = `127.0.0.1:${port}`;
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const window = new EventTarget();
  const requested = globalThis.fetch;
  const surroundings = {
    location: { protocol: 'http:', hostname: '127.0.0.1', host, port: String(port) },
    document: page,
    window,
    localStorage: storage(stored),
    fetch(address: string, init: RequestInit = {}) {
      if (/\/board\?/.test(address)) tell({ part: address });
      const headers = new Headers(init.headers);
      headers.set('cookie', cookieNow());
      return requested(new URL(address, `http://${host}`), { ...init, headers });
    },
  };
  for (const [name, value] of Object.entries(surroundings)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return {
    show(isVisible) {
      page.visibilityState = isVisible ? 'visible' : 'hidden';
      page.dispatchEvent(new Event('visibilitychange'));
    },
    network: (isUp) => void window.dispatchEvent(new Event(isUp ? 'online' : 'offline')),
  };
}

/** Each change is told at once, so that it outlives this tab. */
function storage(stored: Record<string, string>): Storage {
  const kept = new Map(Object.entries(stored));
  return {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, value) {
      kept.set(key, value);
      tell({ stored: { key, value } });
    },
    removeItem(key) {
      kept.delete(key);
      tell({ stored: { key, value: null } });
    },
    clear: () => kept.clear(),
  };
}
