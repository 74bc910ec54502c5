import { randomUUID } from 'node:crypto';
import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { holding, readingAs } from '#lib/page/door.server.ts';
import { post } from '#lib/page/post.server.ts';
import type { Refusal } from '#lib/shared/errors.ts';
import { isFault } from '#lib/shared/faults.ts';
import { conversation } from '#server/domain/conversation.ts';
import { page } from '#server/domain/page.ts';
import { faultFrom } from '#server/database/fault.ts';
import { execute } from '#server/execute.ts';
import { reportUnexpected } from '#server/log.ts';
import type { Actions, PageServerLoad } from './$types.js';

const before = z.object({ at: z.iso.datetime(), id: z.uuid() });

export const load: PageServerLoad = async (event) => {
  event.depends('page:ticket');
  try {
    return { ...(await shownTo(event)), trouble: null };
  } catch (problem) {
    const fault = faultFrom(problem);
    if (!fault) throw problem;
    reportUnexpected(fault, { part: 'page' });
    // No error page: one that is open keeps what it shows, and what was typed has its field again.
    event.locals.fault = fault;
    return { trouble: fault.code, command: randomUUID() };
  }
};

async function shownTo(event: Parameters<PageServerLoad>[0]) {
  const holder = await holding(event);
  const oldest = before.safeParse(Object.fromEntries(event.url.searchParams)).data;
  const read = await readingAs(holder, async (tx) => {
    const shown = await page(tx, holder.ticketId);
    return oldest ? { ...shown, conversation: await conversation(tx, holder.ticketId, { before: oldest }) } : shown;
  });
  // A fresh one for each form: the same sent twice is one message.
  return { ...read, command: randomUUID(), isEarlier: oldest !== undefined };
}

export const actions: Actions = {
  async send(event) {
    const data = await event.request.formData();
    const refusal = await refusalOf(holding(event).then((holder) => post(holder, data)));
    // What was typed goes back into the field: nothing is lost with a refusal.
    const text = String(data.get('text') ?? '');
    // Nobody knows whether it was done: the same words are sent again under the same id.
    if (refusal && isFault(refusal.code)) return fail(503, { refusal, text, command: String(data.get('command')) });
    if (refusal) return fail(400, { refusal, text, command: null });
    // Reloading the answer must not send again.
    redirect(303, `/t/${event.params.token}#end`);
  },

  async withdraw(event) {
    const holder = await holding(event);
    const data = await event.request.formData();
    const call = { id: String(data.get('command')), name: 'message.withdraw', input: { message: data.get('message') } };
    const answer = await execute(holder, call);
    if (!answer.ok) return fail(400, { refusal: answer.error, text: '', command: null });
    redirect(303, `/t/${event.params.token}`);
  },
};

/** Why it was refused, also by trouble that passes; null when it was done. */
async function refusalOf(work: Promise<Refusal | null>): Promise<Refusal | null> {
  try {
    return await work;
  } catch (problem) {
    const fault = faultFrom(problem);
    if (!fault) throw problem;
    return { code: fault.code, detail: {} };
  }
}
