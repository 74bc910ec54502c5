import { checkMinutes, type CheckFailure } from '#lib/shared/checks.ts';
import { faultFrom } from '#server/database/fault.ts';
import { secretFor } from '#server/database/keys.ts';
import { act } from '#server/domain/act.ts';
import * as checks from '#server/domain/checks.ts';
import * as mails from '#server/domain/mails.ts';
import { log } from '#server/log.ts';
import { lookFor, readTroubleOf } from './check-look.ts';
import { checkMark } from './check-mark.ts';
import { startLoop, type Loop } from './loop.ts';
import { readHead } from './read-head.ts';

type Options = {
  onStored(): void;
  pollMs?: number;
  /** So long each step may take. */
  patienceMs?: number;
  /** Then a mail that did not come is looked for in other folders. */
  elsewhereMs?: number;
};

/** Follows the checks of accounts that somebody asked for: looks for their mails, and says when one is overdue. */
export function startChecks({
  onStored,
  pollMs = 1_000,
  patienceMs = checkMinutes * 60_000,
  elsewhereMs = 12_000,
}: Options): Loop {
  async function step(): Promise<boolean> {
    const check = await checks.next();
    if (!check) return false;
    const failed = troubleOf(check) ?? (await look(check)) ?? lateness(check, patienceMs);
    if (failed)
      await act({ kind: 'system', workspaceId: check.workspaceId }, (tx) => checks.fail(tx, check.id, failed));
    // At first it comes at any moment; who waits for minutes need not be looked for each second.
    else await checks.rest(check.id, Math.min(15_000, pollMs + check.waitedMs / 10));
    return true;
  }

  /** What a look into the mailbox tells; direct delivery has none, and says so itself. */
  async function look(check: checks.Running): Promise<Failed | null> {
    if (check.waitsFor !== 'first' && check.waitsFor !== 'answer') return null;
    const account = (await mails.receiversOf([check.accountId])).get(check.accountId);
    if (account?.kind !== 'imap') return null;
    const name = check.waitsFor;
    const mark = checkMark(await secretFor('mail'), check.workspaceId, { check: check.id, step: name });
    const wanted = { mark, since: new Date(check.createdAt), everywhere: check.waitedMs > elsewhereMs };
    try {
      const seen = await lookFor(account, wanted);
      if (seen.as === 'elsewhere')
        return { failure: `${stepOf(name)}.${seen.isJunk ? 'junk' : 'elsewhere'}`, folder: seen.folder };
      if (seen.as !== 'arrived') return null;
      // The mail job knows it by its mark. Its reader finds it known.
      const { uid, uidValidity, raw } = seen;
      const place = { workspaceId: check.workspaceId, accountId: check.accountId, uidValidity };
      await mails.storeSeen(place, { uid, raw, head: readHead(raw) });
      onStored();
      return null;
    } catch (error) {
      if (faultFrom(error)) throw error;
      log.info({ part: 'mail', accountId: check.accountId, err: error }, 'a check could not look into the mailbox');
      return readTroubleOf(error);
    }
  }

  return startLoop({ name: 'checks', step, pollMs });
}

type Failed = { failure: CheckFailure; response?: string; folder?: string };

const stepOf = (waitsFor: 'first' | 'answer') => (waitsFor === 'first' ? 'arrive' : 'answer');

function troubleOf({ isGone, mailState }: checks.Running): Failed | null {
  if (isGone) return { failure: 'account.gone' };
  return mailState === 'bounced' ? { failure: 'send.bounced' } : null;
}

function lateness({ waitsFor, waitedMs, response }: checks.Running, patienceMs: number): Failed | null {
  if (waitedMs < patienceMs) return null;
  if (waitsFor === 'sending' || waitsFor === 'answering') return { failure: 'send.late', response };
  return { failure: `${stepOf(waitsFor)}.never` };
}
