import { setTimeout } from 'node:timers/promises';
import { faultFrom } from '#server/database/fault.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { gather } from '#server/gather.ts';
import { reportUnexpected } from '#server/log.ts';

const recordWaitsMs = [500, 2_000, 5_000];
/** Nobody else judges a mail before its lease ends (server/domain/outgoing/queue.ts). */
const recordForMs = outgoing.sendingMinutes * 60_000;

/** Those that end at the same moment share a transaction; one that cannot be written does not take the others along. */
const settleAll = gather(async (settled: outgoing.Settled[]) => {
  const failures = new Map<outgoing.Settled, unknown>();
  const perWorkspace = Map.groupBy(settled, ({ due }) => due.workspaceId);
  for (const [workspace, all] of perWorkspace) {
    try {
      await outgoing.settle(workspace, all);
    } catch (error) {
      for (const each of all) failures.set(each, error);
    }
  }
  return (each) => failures.get(each);
});

/**
 * It happened and only has to be written down. Never is that a reason to send again: what cannot be written becomes `unknown`.
 * Trouble that passes is waited out as long as the lease lasts.
 */
export async function record(due: outgoing.Due, outcome: outgoing.Outcome): Promise<void> {
  const until = performance.now() + recordForMs;
  const waitsMs = [...recordWaitsMs];
  while (performance.now() < until) {
    const failure = await settleAll({ due, outcome }).catch((error: unknown) => error);
    if (failure === undefined) return;
    reportUnexpected(failure, { part: 'mail', outgoingId: due.id, outcome: outcome.state });
    const fault = faultFrom(failure);
    const waitMs = fault ? fault.retryAfterSeconds * 1_000 : waitsMs.shift();
    if (waitMs === undefined) return;
    await setTimeout(waitMs);
  }
}
