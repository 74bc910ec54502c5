import { AppError } from '#lib/shared/errors.ts';
import type { Fault } from '#lib/shared/faults.ts';
import { faultFrom } from '#server/database/fault.ts';
import * as mails from '#server/domain/mails.ts';
import { log, reportUnexpected } from '#server/log.ts';
import { startLoop, type Loop } from './loop.ts';
import { UnreadableMail } from './parse.ts';
import { readHead } from './read-head.ts';
import { receive, type Outcome } from './receive.ts';
import { giveUp } from './unread.ts';

/** So often a worker may die over a mail, or its database go away, before the mail itself is suspected. */
const mostTakes = 10;

/** Takes stored mails through the rest of their walk, oldest first. One bad mail is quarantined alone; the others go on. */
export function startIntake(): Loop {
  return startLoop({ name: 'intake', step, pollMs: 2_000, workers: 2 });
}

async function step(): Promise<boolean> {
  const batch = await mails.next();
  if (!batch) return false;
  const given = batch.filter((mail) => mail.attempts <= mostTakes);
  const outcomes = await outcomesOf(given);
  const waiting: mails.Queued[] = [];
  for (const mail of batch) {
    const outcome = outcomes.get(mail.id) ?? { error: new AppError('mail.interrupted') };
    if (outcome === 'waits') waiting.push(mail);
    else if (outcome !== 'ended') await end(mail, outcome.error);
  }
  if (waiting.length > 0) await mails.giveBack(waiting, { seconds: waiting.length < batch.length ? 0 : 1 });
  return true;
}

/** Trouble that concerns all of them, most often the database's, is each one's. */
async function outcomesOf(batch: mails.Queued[]): Promise<Map<string, Outcome>> {
  try {
    return await receive(batch);
  } catch (error) {
    return new Map(batch.map(({ id }) => [id, { error }]));
  }
}

async function end(mail: mails.Queued, error: unknown): Promise<void> {
  const fault = faultFrom(error);
  if (fault) return postpone(mail, fault);
  const raw = await rawOf(mail);
  const reason = reasonOf(error, mail.id);
  const head = raw && readHead(raw);
  log.warn({ part: 'mail', mailId: mail.id, attempt: mail.attempts }, 'mail could not be filed');
  if (mail.attempts < mails.mostAttempts && !isFinal(error)) return void (await mails.fail(mail, { reason, head }));
  try {
    await giveUp(mail, { reason, head, raw });
  } catch (problem) {
    // Whatever keeps it from being a ticket: the ledger says so, and so does the count of failed mails.
    reportUnexpected(problem, { part: 'mail', mailId: mail.id });
    await mails.fail(mail, { reason, head });
  }
}

/** Not the mail's fault: it is not suspected, however long the trouble lasts. */
async function postpone(mail: mails.Queued, fault: Fault): Promise<void> {
  reportUnexpected(fault, { part: 'mail', mailId: mail.id });
  await mails.postpone(mail, { reason: fault.code, seconds: fault.retryAfterSeconds });
}

/** Another attempt would find no more bytes than this one. */
function isFinal(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'mail.unfetched' || error.code === 'mail.erased');
}

/** Null where they are gone, or cannot be read. */
async function rawOf(mail: mails.Queued): Promise<Buffer | null> {
  try {
    return await mails.bytesOf(mail);
  } catch (error) {
    log.warn({ part: 'mail', mailId: mail.id, err: error }, 'the bytes of a mail cannot be read');
    return null;
  }
}

function reasonOf(error: unknown, mailId: string): string {
  if (error instanceof UnreadableMail) return `unreadable: ${error.reason}`;
  if (error instanceof AppError) return error.code;
  return `error ${reportUnexpected(error, { part: 'mail', mailId })}`;
}
