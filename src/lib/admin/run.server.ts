import { randomUUID } from 'node:crypto';
import { error, fail, type RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { CommandName } from '#lib/shared/commands.ts';
import type { Refusal } from '#lib/shared/errors.ts';
import { readForm } from '#server/auth/form.ts';
import { actorFor } from '#server/auth/guard.ts';
import { execute } from '#server/execute.ts';
import { inputOf } from './fields.ts';

/** What a page hears after a form of it was sent. `key` says which form. */
export type Heard = { key: string; refusal: Refusal | null; result?: unknown };

/** The one action of a settings page: runs the command that the form names, if it is one of this page's. */
export function runs(...names: CommandName[]) {
  return async ({ request, locals }: RequestEvent) => {
    const { member } = locals;
    if (!member) error(404, { id: '', message: m.auth_not_found() });
    const form = await readForm(request);
    const key = form['key'] ?? '';
    const name = names.find((each) => each === form['command']);
    if (!name) return fail(400, { key, refusal: { code: 'command.unknown', detail: {} } } satisfies Heard);
    const answer = await execute(actorFor(member), { id: randomUUID(), name, input: inputOf(form) });
    if (!answer.ok) return fail(400, { key, refusal: answer.error } satisfies Heard);
    return { key, refusal: null, result: answer.result } satisfies Heard;
  };
}
