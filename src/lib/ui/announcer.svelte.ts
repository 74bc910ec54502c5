import { createContext } from 'svelte';

/** Speaks to screen readers: "Ticket 1042 moved to Heating, position 2 of 12". Each sentence once, also twice the same. */
export class Announcer {
  polite = $state('');
  assertive = $state('');

  say(text: string, options: { urgent?: boolean } = {}) {
    const region = options.urgent ? 'assertive' : 'polite';
    // The same words again are no change to the page; an invisible difference makes them one.
    this[region] = this[region] === text ? `${text}\u200b` : text;
  }
}

export const [getAnnouncer, setAnnouncer] = createContext<Announcer>();
