import type { RequestEvent } from '@sveltejs/kit';
import { AppError, type Refusal } from '#lib/shared/errors.ts';
import { Fault, isFault } from '#lib/shared/faults.ts';
import { reportUnexpected } from '#server/log.ts';

type Member = NonNullable<App.Locals['member']>;

const statuses: Record<string, number> = { 'signIn.needed': 401, 'bad.input': 400, 'too.large': 413, 'too.many': 429 };

/**
 * Answers a member's request in JSON: refusals with their code, the unexpected with the id under which it stands in the log.
 * Not signed in is told from not a member, which looks like nothing there.
 */
export function answer(event: RequestEvent, work: (member: Member) => Promise<unknown>): Promise<Response> {
  return answerText(event, async (member) => JSON.stringify(await work(member)));
}

/** The same for what is JSON already. */
export async function answerText(event: RequestEvent, work: (member: Member) => Promise<string>): Promise<Response> {
  try {
    return say(await work(memberOf(event)), 200);
  } catch (error) {
    if (error instanceof AppError) return refuse({ code: error.code, detail: error.detail });
    if (error instanceof Fault)
      return refuse({ code: error.code, detail: { retryAfterSeconds: error.retryAfterSeconds } });
    const id = reportUnexpected(error, { part: 'api', route: event.route.id });
    return say(JSON.stringify({ ok: false, error: { code: 'unexpected', detail: { id } } }), 500);
  }
}

/** A cookie is sent by any page; JSON from another origin only after asking us, and we never say yes. */
export async function readJson({ request, url }: RequestEvent): Promise<unknown> {
  const origin = request.headers.get('origin');
  const type = request.headers.get('content-type') ?? '';
  if ((origin !== null && origin !== url.origin) || !/^application\/json(;|$)/.test(type)) {
    throw new AppError('bad.input', { field: 'content-type' });
  }
  const text = await whole(request);
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('bad.input', { field: 'body' });
  }
}

/** Who was cut off on the way sends it again, and is nobody's error. */
async function whole(request: Request): Promise<string> {
  try {
    return await request.text();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') {
      throw new AppError('bad.input', { field: 'body' });
    }
    throw error;
  }
}

function memberOf({ locals }: RequestEvent): Member {
  if (!locals.session) throw new AppError('signIn.needed');
  if (!locals.member) throw new AppError('workspace.notFound');
  return locals.member;
}

function refuse(error: Refusal): Response {
  return say(JSON.stringify({ ok: false, error }), statusOf(error.code), error.detail['retryAfterSeconds']);
}

function statusOf(code: string): number {
  return isFault(code) ? 503 : (statuses[code] ?? (code.endsWith('.notFound') ? 404 : 422));
}

function say(json: string, status: number, retryAfter?: unknown): Response {
  const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  if (typeof retryAfter === 'number') headers.set('retry-after', String(retryAfter));
  return new Response(json, { status, headers });
}
