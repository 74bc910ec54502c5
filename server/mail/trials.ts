import type { Foreseen } from '#lib/shared/foreseen.ts';
import * as filters from '#server/domain/filters.ts';
import { log } from '#server/log.ts';
import { foresee } from './foresee.ts';
import { startLoop, type Loop } from './loop.ts';
import { UnreadableMail } from './parse.ts';

/** Runs filters that somebody tries over past mails: read again as they came, since the ledger keeps no more of them than it shows. */
export function startTrials(): Loop {
  return startLoop({ name: 'trials', step, pollMs: 1_000 });
}

async function step(): Promise<boolean> {
  const trial = await filters.nextTrial();
  if (!trial) return false;
  const outcomes: Foreseen[] = [];
  let looked = 0;
  for (const id of trial.mailIds) {
    const outcome = await outcomeOf(trial, id);
    if (outcome === undefined) continue;
    looked++;
    if (outcome) outcomes.push(outcome);
  }
  await filters.finish(trial, outcomes, looked);
  return true;
}

/** Undefined for what cannot be read: it says nothing for or against the filter. */
async function outcomeOf(trial: filters.Trial, id: string) {
  const past = await filters.trialBytes(trial, id);
  if (!past) return undefined;
  try {
    return await foresee(trial, id, past);
  } catch (error) {
    if (!(error instanceof UnreadableMail)) throw error;
    log.info({ part: 'mail', mailId: id }, 'a mail of the ledger could not be read for a trial');
    return undefined;
  }
}
