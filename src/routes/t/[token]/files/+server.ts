import { json } from '@sveltejs/kit';
import { receive } from '#lib/files/receive.server.ts';
import { holding, spent } from '#lib/page/door.server.ts';
import type { RequestHandler } from './$types.js';

const uploads = { limit: 40, windowSeconds: 600 };

export const POST: RequestHandler = async (event) => {
  const holder = await holding(event);
  if (await spent({ key: `pageUpload:${holder.linkId}`, ...uploads }))
    return json({ ok: false, error: { code: 'too.many', detail: {} } });
  return json(await receive({ request: event.request, actor: holder, ticket: holder.ticketId }));
};
