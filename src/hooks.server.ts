import { error, redirect, type Handle, type HandleServerError, type RequestEvent } from '@sveltejs/kit';
import { isLanguage, languageCookie, preferredLanguage, type Language } from '#lib/i18n/languages.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import { getLocale } from '#lib/i18n/paraglide/runtime.js';
import { speaking } from '#lib/i18n/request.ts';
import { Fault } from '#lib/shared/faults.ts';
import { faultSentence } from '#lib/ui/trouble.ts';
import { memberFor } from '#server/auth/guard.ts';
import { sessionFor } from '#server/auth/request.ts';
import { faultFrom } from '#server/database/fault.ts';
import { reportUnexpected } from '#server/log.ts';
import { packed } from './packed.server.ts';

export const handle: Handle = async ({ event, resolve }) => {
  const { locals } = event;
  await identify(event);
  locals.language = languageOf(event);
  return speaking(locals.language, async () => {
    guard(event);
    const response = await resolve(event, {
      // A load function may have changed the language since: a customer's page is in the customer's.
      transformPageChunk: ({ html }) => html.replace('%lang%', getLocale()),
    });
    const said = locals.fault ? later(response, event, locals.fault) : response;
    protect(event, said);
    return packed(event.request, said);
  });
};

export const handleError: HandleServerError = ({ error: problem, event, status }) => {
  if (status === 404) return { id: '', message: m.auth_not_found() };
  const fault = faultFrom(problem);
  if (fault) {
    event.locals.fault = fault;
    return { id: reportUnexpected(fault, { part: 'web' }), message: faultSentence(fault.code), code: fault.code };
  }
  const id = reportUnexpected(problem, { part: 'web', route: event.route.id, status });
  return { id, message: m.auth_unexpected() };
};

/** While nobody can be asked who this is, whatever needs to know hears why: each page and door says it in its own way. */
async function identify(event: RequestEvent): Promise<void> {
  const { locals, params } = event;
  try {
    locals.session = await sessionFor(event);
    locals.member = await memberFor(locals.session, params['workspace']);
  } catch (problem) {
    const fault = faultFrom(problem);
    if (!fault) throw problem;
    locals.fault = fault;
    const rise = (): never => {
      throw fault;
    };
    Object.defineProperties(locals, { session: { get: rise }, member: { get: rise } });
  }
}

/** Proxies and browsers are told that it passes. Data requests carry the trouble inside. */
function later(response: Response, event: RequestEvent, { retryAfterSeconds }: Fault): Response {
  if (event.isDataRequest || (response.status < 500 && response.status !== 200)) return response;
  const headers = new Headers(response.headers);
  headers.set('retry-after', String(retryAfterSeconds));
  return new Response(response.body, { status: 503, headers });
}

function languageOf({ locals, cookies, request }: RequestEvent): Language {
  const chosen = (locals.fault ? null : locals.member?.language) ?? cookies.get(languageCookie);
  return isLanguage(chosen) ? chosen : preferredLanguage(request.headers.get('accept-language'));
}

/** Load functions run side by side, so the layout's could not keep a stranger out of the page's. */
function guard({ route, locals, url, request }: RequestEvent): void {
  if (!route.id?.startsWith('/(app)/[workspace]') || locals.fault || locals.member) return;
  if (locals.session) error(404, { id: '', message: m.auth_not_found() });
  const next = request.method === 'GET' ? `?next=${encodeURIComponent(url.pathname + url.search)}` : '';
  redirect(303, `/login${next}`);
}

function protect({ locals, url, route }: RequestEvent, { headers }: Response): void {
  headers.set('x-content-type-options', 'nosniff');
  headers.set('x-frame-options', 'DENY');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('permissions-policy', 'camera=(self), microphone=(self), geolocation=(self), payment=(), usb=()');
  // Not no-referrer: browsers then send `Origin: null` with forms, which are refused.
  headers.set('referrer-policy', 'same-origin');
  if (url.protocol === 'https:') headers.set('strict-transport-security', 'max-age=31536000');
  // Every page is somebody's: a shared cache must not keep a ticket, nor the back button show it after sign-out.
  if ((route.id || locals.fault || locals.session) && !headers.has('cache-control'))
    headers.set('cache-control', 'no-store');
  if (/^\/(t|c|invitation|setup|login)(\/|$)/.test(url.pathname)) headers.set('x-robots-tag', 'noindex');
}
