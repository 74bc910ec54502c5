import { faultFrom } from '#server/database/fault.ts';
import * as filters from '#server/domain/filters.ts';
import { reportUnexpected } from '#server/log.ts';
import { startLoop, type Loop } from './loop.ts';

/** Does what people's own rules want done about mail that was filed, each in his name. */
export function startOwnRules(): Loop {
  return startLoop({ name: 'own rules', step, pollMs: 1_000 });
}

async function step(): Promise<boolean> {
  const run = await filters.nextRun();
  if (!run) return false;
  try {
    await filters.settleRun(run);
  } catch (error) {
    if (faultFrom(error)) throw error;
    // The others' go on.
    await filters.refuse(run, `unexpected ${reportUnexpected(error, { part: 'mail', run: run.id })}`);
  }
  return true;
}
