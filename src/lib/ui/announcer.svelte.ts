import { createContext } from 'svelte';

type Said = { id: number; text: string };

/** Said right before the focus moves, a sentence would be talked over by what gets the focus. */
const pauseMs = 250;
/** Nobody reads the older ones: they were spoken when they came. */
const most = 4;

/**
 * Speaks to screen readers: "Ticket 1042 moved to Heating, position 2 of 12". The regions are logs: each sentence is an
 * addition of its own and so is spoken once, also twice the same, also two at the same time.
 */
export class Announcer {
  polite = $state.raw<Said[]>([]);
  assertive = $state.raw<Said[]>([]);
  #soon: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next = 1;

  say(text: string, options: { urgent?: boolean } = {}) {
    if (options.urgent) this.assertive = this.#with(this.assertive, [text]);
    // What two parts of the page say in one moment is one thing.
    else if (!this.#soon.includes(text)) this.#later(text);
  }

  #later(text: string) {
    this.#soon.push(text);
    this.#timer ??= setTimeout(() => {
      this.polite = this.#with(this.polite, this.#soon);
      this.#soon = [];
      this.#timer = undefined;
    }, pauseMs);
  }

  #with(said: Said[], texts: string[]): Said[] {
    return [...said, ...texts.map((text) => ({ id: this.#next++, text }))].slice(-most);
  }
}

export const [getAnnouncer, setAnnouncer] = createContext<Announcer>();
