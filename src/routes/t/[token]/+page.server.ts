import { randomUUID } from 'node:crypto';
import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { holding, readingAs } from '#lib/page/door.server.ts';
import { post } from '#lib/page/post.server.ts';
import { conversation } from '#server/domain/conversation.ts';
import { page } from '#server/domain/page.ts';
import { execute } from '#server/execute.ts';
import type { Actions, PageServerLoad } from './$types.js';

const before = z.object({ at: z.iso.datetime(), id: z.uuid() });

export const load: PageServerLoad = async (event) => {
  event.depends('page:ticket');
  const holder = await holding(event);
  const oldest = before.safeParse(Object.fromEntries(event.url.searchParams)).data;
  const read = await readingAs(holder, async (tx) => {
    const shown = await page(tx, holder.ticketId);
    return oldest ? { ...shown, conversation: await conversation(tx, holder.ticketId, { before: oldest }) } : shown;
  });
  // A fresh one for each form: the same sent twice is one message.
  return { ...read, command: randomUUID(), isEarlier: oldest !== undefined };
};

export const actions: Actions = {
  async send(event) {
    const holder = await holding(event);
    const data = await event.request.formData();
    const refusal = await post(holder, data);
    // What was typed goes back into the field: nothing is lost with a refusal.
    if (refusal) return fail(400, { refusal, text: String(data.get('text') ?? '') });
    // Reloading the answer must not send again.
    redirect(303, `/t/${event.params.token}#end`);
  },

  async withdraw(event) {
    const holder = await holding(event);
    const data = await event.request.formData();
    const call = { id: String(data.get('command')), name: 'message.withdraw', input: { message: data.get('message') } };
    const answer = await execute(holder, call);
    if (!answer.ok) return fail(400, { refusal: answer.error, text: '' });
    redirect(303, `/t/${event.params.token}`);
  },
};
