import type { SubmitFunction } from '@sveltejs/kit';

/** For `use:enhance`: says that the form is under way, and keeps what was typed. */
export function submit(say: (busy: boolean) => void): SubmitFunction {
  return () => {
    say(true);
    return async ({ update }) => {
      await update({ reset: false });
      say(false);
    };
  };
}
