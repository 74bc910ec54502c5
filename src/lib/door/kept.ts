import type { ActionResult } from '@sveltejs/kit';
import type { Refusal } from '#lib/shared/errors.ts';

/**
 * What came of a form, for `use:enhance`. Trouble on the way or in the server becomes a refusal: an error page would take what was
 * typed with it. `data` is what the page's own refusals carry besides.
 */
export function kept(result: ActionResult, data: Record<string, unknown> = {}): ActionResult {
  if (result.type !== 'error' || (result.status !== undefined && result.status < 500)) return result;
  const refusal: Refusal = { code: codeOf(result.error), detail: {} };
  return { type: 'failure', status: result.status ?? 503, data: { ...data, refusal } };
}

function codeOf(error: unknown): string {
  // fetch rejects with a TypeError, and what is no answer of ours cannot be parsed.
  if (error instanceof Error) return 'server.away';
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unexpected';
}
