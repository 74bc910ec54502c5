import { createContext, untrack } from 'svelte';
import type { Icon } from './icon.ts';

export type MenuCommand = {
  /** Stable and unique: `ticket.claim`. */
  id: string;
  label: string;
  group?: string;
  icon?: Icon;
  shortcut?: string;
  /** Other words one might type for it. */
  keywords?: string[];
  run: () => void;
};

/**
 * What Ctrl+K offers. Each view adds its own commands while it is shown:
 * `$effect(() => getCommands().add([{ id, label, run }]))`; the return value takes them out again.
 */
export class Commands {
  open = $state(false);
  #sets = $state.raw<(() => MenuCommand[])[]>([]);

  /** The nearest view first: what one is working on comes before how to get elsewhere. */
  all = $derived([...this.#sets].reverse().flatMap((set) => set()));

  /** Takes a function when the commands depend on what is selected. */
  add(commands: MenuCommand[] | (() => MenuCommand[])): () => void {
    const set = typeof commands === 'function' ? commands : () => commands;
    // Called in effects: adding must not make the effect depend on what others add.
    this.#sets = [...untrack(() => this.#sets), set];
    return () => {
      this.#sets = untrack(() => this.#sets).filter((each) => each !== set);
    };
  }
}

export const [getCommands, setCommands] = createContext<Commands>();
