import { error } from '@sveltejs/kit';
import { m } from '#lib/i18n/paraglide/messages.js';
import { reading } from '#lib/ticket/found.server.ts';
import type { Tx } from '#server/database/actor.ts';

type Visit = { locals: App.Locals };

/** Reads for a page of the settings. Who does not administer gets a friendly refusal, and RLS would show him nothing. */
export function administering<T>({ locals }: Visit, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (locals.member?.role !== 'administrator') error(403, { id: '', message: m.admin_only() });
  return reading({ locals, params: {} }, work);
}
