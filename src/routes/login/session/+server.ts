import type { RequestHandler } from './$types';

/**
 * For a screen whose socket was refused because its access token ran out, after a night's sleep for example: the hooks renew
 * the cookies on the way here. 204: connect again. 401: sign in again.
 */
export const GET: RequestHandler = ({ locals }) => new Response(null, { status: locals.session ? 204 : 401 });
