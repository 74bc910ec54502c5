import { matches } from '#lib/shared/filters.ts';
import * as filters from '#server/domain/filters.ts';
import { log } from '#server/log.ts';
import { startLoop, type Loop } from './loop.ts';
import { readMail, UnreadableMail } from './parse.ts';
import { factsOf } from './sort.ts';

/** Runs filters that somebody tries over past mails: read again as they came, since the ledger keeps no more of them than it shows. */
export function startTrials(): Loop {
  return startLoop({ name: 'trials', step, pollMs: 1_000 });
}

async function step(): Promise<boolean> {
  const trial = await filters.nextTrial();
  if (!trial) return false;
  const found: string[] = [];
  let looked = 0;
  for (const id of trial.mailIds) {
    const isMatch = await isSo(trial, id);
    if (isMatch === null) continue;
    looked++;
    if (isMatch) found.push(id);
  }
  await filters.finish(trial, found, looked);
  return true;
}

/** Null for what cannot be read: it says nothing for or against the filter. */
async function isSo(trial: filters.Trial, id: string): Promise<boolean | null> {
  const raw = await filters.trialBytes(trial.workspaceId, id);
  if (!raw) return null;
  try {
    const { mail, body } = await readMail(raw);
    return matches(trial, factsOf({ mail, body, queued: { size: raw.length } }));
  } catch (error) {
    if (!(error instanceof UnreadableMail)) throw error;
    log.info({ part: 'mail', mailId: id }, 'a mail of the ledger could not be read for a trial');
    return null;
  }
}
