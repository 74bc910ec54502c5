import { AppError } from '#lib/shared/errors.ts';
import { Lane } from '#server/database/lane.ts';

/** Searches of this process take turns, so that those who type never hold the connections that others need to work. */
const lane = new Lane({ width: 3, perWorkspace: 2, mostWaiting: 60, mostWaitMs: 3_000 });

/**
 * @param signal of who asks: a search that nobody waits for any more, because he typed on, is not begun
 * @throws AppError `busy` when too many search at once
 */
export function inTurn<T>(workspace: string, signal: AbortSignal, search: () => Promise<T>): Promise<T> {
  return lane.run(workspace, () => {
    if (signal.aborted) throw new AppError('busy');
    return search();
  });
}
