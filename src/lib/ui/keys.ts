/** One key or two after another: `c`, `?`, `Escape`, `g b`. */
export type Bindings = Record<string, ((event: KeyboardEvent) => void) | undefined>;

const prefixes = new Set(['g']);
/** Held down these walk on. Any other key means once what it says: it may have brought something else to where it acts. */
const walking = new Set(['j', 'k', 'h', 'l', 'ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight']);
const patienceMs = 1_200;
const chords = new WeakMap<KeyboardEvent, string>();
let pending = { key: '', until: 0 };

/**
 * `<svelte:window onkeydown={keys({ c: claim, 'g b': toBoard })} />`. Stays out of the way while somebody types, is in a
 * menu or dialog, or holds a modifier. All handlers of a page see the same sequence: after `g`, a `b` is `g b` to each.
 */
export function keys(bindings: Bindings): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.defaultPrevented || isOccupied(event.target)) return;
    const isHeld = event.repeat && !walking.has(keyOf(event));
    const run = bindings[isHeld ? keyOf(event) : chordOf(event)];
    if (!run) return;
    event.preventDefault();
    if (!isHeld) run(event);
  };
}

/** True where letters mean themselves, or where a menu or dialog has its own keys. */
function isOccupied(target: EventTarget | null): boolean {
  const own =
    'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]:not([contenteditable="false"]), ';
  const layers = '[role="menu"], [role="dialog"], [role="alertdialog"], [role="listbox"]';
  return target instanceof Element && target.closest(own + layers) !== null;
}

function keyOf({ key }: KeyboardEvent): string {
  return key.length === 1 ? key.toLowerCase() : key;
}

function chordOf(event: KeyboardEvent): string {
  const known = chords.get(event);
  if (known !== undefined) return known;
  const key = keyOf(event);
  const chord = event.timeStamp < pending.until ? `${pending.key} ${key}` : key;
  pending = prefixes.has(chord) ? { key: chord, until: event.timeStamp + patienceMs } : { key: '', until: 0 };
  chords.set(event, chord);
  return chord;
}
