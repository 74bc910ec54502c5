import type { Moment } from './hands.ts';

const lookMs = 1_000;
/** Who has touched nothing for as long has looked away. */
const enoughMs = 60_000;
/** All screens notice a new build in the same seconds; they must not load it in the same second. */
const spreadMs = 30_000;
const key = 'lotse:fresh-start';

type Options = {
  /** The build to load. */
  build: string;
  moment: () => Moment;
  /** False while something that was done here is not yet answered. */
  isIdle: () => boolean;
  storage: () => Pick<Storage, 'getItem' | 'setItem'>;
  /** False when something on the page asks to stay. */
  mayLeave: () => boolean;
  reload: () => void;
};

/** Whether loading the page anew disturbs nobody at this moment. */
export function isSafe({ isHidden, isWriting, isBusy, quietMs }: Moment): boolean {
  return !isBusy && (isHidden || (!isWriting && quietMs >= enoughMs));
}

/** Notes that the page is loaded anew for a build: once in a tab's life, or two servers of different builds would toss it about. */
export function isFirst(build: string, storage: Options['storage']): boolean {
  try {
    const known = (storage().getItem(key) ?? '').split(' ');
    if (known.includes(build)) return false;
    storage().setItem(key, [...known.slice(-9), build].join(' ').trim());
    return true;
  } catch {
    // A browser that keeps nothing could not tell a loop: the button is left.
    return false;
  }
}

/** Waits for a safe moment and loads the page anew, once. Returns how to end the waiting. */
export function awaitFreshStart({ build, moment, isIdle, storage, mayLeave, reload }: Options): () => void {
  const from = Date.now() + Math.random() * spreadMs;
  const timer = setInterval(() => {
    if (Date.now() < from || !isIdle() || !isSafe(moment()) || !mayLeave() || !isFirst(build, storage)) return;
    clearInterval(timer);
    reload();
  }, lookMs);
  return () => clearInterval(timer);
}
