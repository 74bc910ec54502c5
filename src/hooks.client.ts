import type { ClientInit, HandleClientError } from '@sveltejs/kit';
import { m } from '#lib/i18n/paraglide/messages.js';
import { keepShown } from '#lib/live/keep-shown.ts';

export const init: ClientInit = keepShown;

/** A page that did not arrive: no line, or nobody at its end. Whatever else went wrong in a browser stays an error. */
export const handleError: HandleClientError = ({ error, status, message }) => {
  if (status === 404) return { id: '', message };
  const isAway = error instanceof TypeError && /fetch|network|load failed/i.test(error.message);
  // eslint-disable-next-line no-console -- where else would a browser's error be found
  if (!isAway) console.error(error);
  return { id: '', message: m.auth_unexpected(), ...(isAway ? { code: 'server.away' } : {}) };
};
