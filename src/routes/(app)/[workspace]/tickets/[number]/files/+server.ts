import { json } from '@sveltejs/kit';
import { receive } from '#lib/files/receive.server.ts';
import { Buckets } from '#lib/shared/bucket.ts';
import { nowhere, numberIn, reading } from '#lib/ticket/found.server.ts';
import { idOf } from '#server/domain/tickets/number.ts';
import type { RequestHandler } from './$types.js';

// Several messages full of pictures at once; a script that fills the disk is slower than the disk.
const pace = new Buckets({ burst: 60, perSecond: 1 });

export const POST: RequestHandler = async (event) => {
  const { member } = event.locals;
  if (!member) nowhere();
  if (!pace.take(member.id))
    return json(
      { ok: false, error: { code: 'too.many', detail: { retryAfterSeconds: 5 } } },
      { status: 429, headers: { 'retry-after': '5' } },
    );
  const number = numberIn(event);
  const ticket = await reading(event, (tx) => idOf(tx, number));
  const actor = { kind: 'member', workspaceId: member.workspaceId, memberId: member.id } as const;
  return json(await receive({ request: event.request, actor, ticket }));
};
