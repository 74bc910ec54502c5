import type { SubmitFunction } from '@sveltejs/kit';
import { applyAction } from '$app/forms';
import { kept } from './kept.ts';

type Options = { resetWhenDone?: boolean };

/** For `use:enhance`: says that the form is under way, and keeps what was typed. */
export function submit(say: (busy: boolean) => void, { resetWhenDone = false }: Options = {}): SubmitFunction {
  return ({ formData }) => {
    say(true);
    return async ({ update, result }) => {
      const email = formData.get('email');
      if (result.type === 'error') await applyAction(kept(result, email ? { email } : {}));
      else await update({ reset: resetWhenDone && result.type === 'success' });
      say(false);
    };
  };
}
