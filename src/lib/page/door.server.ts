import { createHash } from 'node:crypto';
import { error, type RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/i18n/paraglide/messages.js';
import { speak } from '#lib/i18n/request.ts';
import { AppError } from '#lib/shared/errors.ts';
import { asLink, asSystem, type Tx } from '#server/database/actor.ts';
import * as attempts from '#server/domain/attempts.ts';
import { holderOf, type Holder } from '#server/domain/links.ts';

/** A mistyped link is tried a few times; more from one network is somebody trying all doors. */
const wrongTokens = { limit: 30, windowSeconds: 600 };

/** Who holds this address's token; the page then speaks his language. Wrong, expired and revoked tokens look alike: 404. */
export async function holding(event: RequestEvent<{ token: string }>): Promise<Holder> {
  try {
    const holder = await holderOf(event.params.token);
    speak(holder.language);
    return holder;
  } catch (problem) {
    if (!(problem instanceof AppError)) throw problem;
    const key = `pageToken:${attempts.network(event.getClientAddress())}`;
    closed((await spent({ key, ...wrongTokens })) ? 429 : 404);
  }
}

/** Reads as the link's holder. A ticket that is no longer his to see is gone like a wrong token. */
export async function readingAs<T>(holder: Holder, work: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await asLink(holder, work, { readOnly: true, repeatable: true });
  } catch (problem) {
    if (problem instanceof AppError && /\.(notFound|invalid)$/.test(problem.code)) closed(404);
    throw problem;
  }
}

export function closed(status: 404 | 429): never {
  error(status, { id: '', message: m.page_closed_door() });
}

/** True when this was one too many. */
export async function spent(limit: attempts.Limit): Promise<boolean> {
  try {
    await asSystem(null, ({ sql }) => attempts.spend(sql, limit));
    return false;
  } catch (problem) {
    if (problem instanceof AppError && problem.code === 'too.many') return true;
    throw problem;
  }
}

/** The command of the n-th file of a form: sent twice, the form adds each file once. */
export function commandOf(form: string, index: number): string {
  const hex = createHash('sha256').update(`${form}:${index}`).digest('hex');
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
