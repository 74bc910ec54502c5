import { json } from '@sveltejs/kit';
import { receive } from '#lib/files/receive.server.ts';
import { nowhere, numberIn, reading } from '#lib/ticket/found.server.ts';
import { idOf } from '#server/domain/tickets/number.ts';
import type { RequestHandler } from './$types.js';

export const POST: RequestHandler = async (event) => {
  const { member } = event.locals;
  if (!member) nowhere();
  const number = numberIn(event);
  const ticket = await reading(event, (tx) => idOf(tx, number));
  const actor = { kind: 'member', workspaceId: member.workspaceId, memberId: member.id } as const;
  return json(await receive({ request: event.request, actor, ticket }));
};
