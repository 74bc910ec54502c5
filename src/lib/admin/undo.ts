import type { Live } from '#lib/live/live.svelte.ts';
import type { CommandInput, CommandName } from '#lib/shared/commands.ts';
import type { Answer } from '#lib/shared/errors.ts';

export type Undo = (live: Live) => Promise<Answer>;

/** The command that takes another back, with its input as it is now: the page will soon show the new state. */
export function sending<N extends CommandName>(name: N, input: CommandInput<N>): Undo {
  return (live) => live.send(name, input, { quiet: true });
}
