import type { SubmitFunction } from '@sveltejs/kit';

type Options = { resetWhenDone?: boolean };

/** For `use:enhance`: says that the form is under way, and keeps what was typed. */
export function submit(say: (busy: boolean) => void, { resetWhenDone = false }: Options = {}): SubmitFunction {
  return () => {
    say(true);
    return async ({ update, result }) => {
      await update({ reset: resetWhenDone && result.type === 'success' });
      say(false);
    };
  };
}
