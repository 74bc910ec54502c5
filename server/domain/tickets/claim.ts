import { AppError } from '#lib/shared/errors.ts';
import type { Command } from '#lib/shared/commands.ts';
import type { Actor } from '#server/database/actor.ts';
import { actAtOnce, type Done } from '../act.ts';

/**
 * Takes an unclaimed ticket. Of any number of simultaneous claims one wins; the others get `ticket.taken` with the winner.
 * What everybody does at the same moment is one statement from beginning to end (20261122021710_claim.sql).
 */
export function claim(actor: Actor, { ticket }: Command<'ticket.claim'>, commandId: string): Promise<Done<unknown>> {
  if (actor.kind !== 'member') throw new AppError('forbidden');
  const { workspaceId, memberId } = actor;
  return actAtOnce(actor, { id: commandId, name: 'ticket.claim' }, async (sql) => {
    const [told] = await sql<{ seq: number }[]>`
      select private.claim_at_once(${workspaceId}, ${memberId}, ${commandId}, ${ticket}) as seq
    `;
    return told?.seq ?? 0;
  });
}
