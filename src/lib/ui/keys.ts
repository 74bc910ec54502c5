/** One key or two after another: `c`, `?`, `Escape`, `g b`. */
export type Bindings = Record<string, ((event: KeyboardEvent) => void) | undefined>;

const prefixes = new Set(['g']);
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
    const run = bindings[chordOf(event)];
    if (!run) return;
    event.preventDefault();
    run(event);
  };
}

/** True where letters mean themselves, or where a menu or dialog has its own keys. */
function isOccupied(target: EventTarget | null): boolean {
  const own =
    'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]:not([contenteditable="false"]), ';
  const layers = '[role="menu"], [role="dialog"], [role="alertdialog"], [role="listbox"]';
  return target instanceof Element && target.closest(own + layers) !== null;
}

function chordOf(event: KeyboardEvent): string {
  const known = chords.get(event);
  if (known !== undefined) return known;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const chord = event.timeStamp < pending.until ? `${pending.key} ${key}` : key;
  pending = prefixes.has(chord) ? { key: chord, until: event.timeStamp + patienceMs } : { key: '', until: 0 };
  chords.set(event, chord);
  return chord;
}
