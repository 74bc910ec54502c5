import { setTimeout as delay } from 'node:timers/promises';
import type { ImapFlow } from 'imapflow';
import { AppError } from '#lib/shared/errors.ts';
import { Fault } from '#lib/shared/faults.ts';
import * as mails from '#server/domain/mails.ts';
import { log } from '#server/log.ts';
import { clientFor, type Patience } from './imap-connect.ts';
import { Trouble, type Reader } from './imap-fetch.ts';
import { readNew } from './imap-read.ts';
import { fetchAgain } from './imap-again.ts';
import { reconcileIfDue } from './imap-reconcile.ts';
import { whileRenewed } from './imap-renew.ts';
import { settleRest } from './imap-settle.ts';
import { mailLimits } from './parsed.ts';

const usualPollMs = 60_000;
const usualWaits = { first: 1_000, last: 60_000 };
/** A refused password is refused again, and servers lock out who keeps asking. Whoever changes the account starts anew. */
const refusedMs = { first: 60_000, last: mails.longestLeaseMs };
const patienceMs = 5_000;

export type WatchOptions = {
  holder: string;
  onStored(): void;
  /** The largest mail that is fetched whole. */
  mostBytes?: number;
  patience?: Patience;
  /** How long is waited after the first failure, and at most: twice as long after each. */
  retryMs?: { first: number; last: number };
  /** How long a mailbox that tells nothing is believed. */
  pollMs?: number;
};

/**
 * Watches one mailbox until stopped: IDLE is a hint, the poll finds what it missed, UIDs are the cursor. Another process
 * that holds the account's lease is left alone.
 */
export function watch(
  account: mails.Account,
  {
    holder,
    onStored,
    mostBytes = mailLimits.bytes,
    patience,
    retryMs = usualWaits,
    pollMs = usualPollMs,
  }: WatchOptions,
) {
  const trouble = new Trouble();
  const again = new Trouble();
  const ending = new AbortController();
  let hint = Promise.withResolvers<void>();
  let client: ImapFlow | undefined;
  let failures = 0;

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      const lease = await mails.lease(account.id, holder);
      await pause(lease ? await readUntilLost(lease) : await untilFree());
    }
  }

  /** Another process reads it; should that one die, its account is taken over as soon as its lease ends. */
  async function untilFree(): Promise<number> {
    return Math.min((await mails.leaseLeftMs(account.id)) + retryMs.first, usualPollMs / 2);
  }

  /** Returns how long to wait before the next try. */
  async function readUntilLost(lease: mails.Lease): Promise<number> {
    try {
      await whileRenewed(lease, () => read(lease), patience?.renewMs);
      return retryMs.first;
    } catch (error) {
      if (ending.signal.aborted) return 0;
      log.warn({ part: 'mail', accountId: account.id, err: error }, 'mailbox could not be read');
      await mails.reportFailure(lease.held, sentenceOf(error));
      const { first, last } = isRefused(error) ? refusedMs : retryMs;
      const waitMs = Math.min(first * 2 ** failures++, last);
      if (!isRefused(error)) return waitMs;
      client?.close();
      // The other processes would be refused as well, and servers count all who ask.
      await lease.keep(waitMs);
      await pause(waitMs);
      return 0;
    } finally {
      client?.close();
      await lease.end();
    }
  }

  async function read(lease: mails.Lease): Promise<void> {
    // It is another mailbox by now, and somebody with the new settings is about to take over.
    if (lease.cursor.mailbox !== account.mailbox) return;
    const connection = await clientFor(account, { patience });
    client = connection;
    connection.on('exists', () => hint.resolve());
    connection.on('close', () => hint.resolve());
    // Told by 'close' and by the command under way; without a listener it would end the process.
    connection.on('error', (error) => log.debug({ part: 'mail', accountId: account.id, err: error }, 'connection'));
    await connection.connect();
    const { cursor } = lease;
    const reader: Reader = { account, lease, client: connection, cursor, trouble, again, mostBytes, onStored };
    while (!ending.signal.aborted && connection.usable) {
      hint = Promise.withResolvers();
      if (!(await lease.renew())) return;
      await connection.mailboxOpen(account.imapFolder);
      const hasMore = await readNew(reader);
      await fetchAgain(reader);
      const problem = await settleRest(reader);
      await (problem ? mails.reportFailure(lease.held, problem) : mails.reportSuccess(lease.held));
      failures = 0;
      if (hasMore) continue;
      await reconcileIfDue(reader);
      // Asked for at once: by itself imapflow begins after 15 quiet seconds. The next command ends it, an error closes.
      connection.idle().catch(() => hint.resolve());
      await Promise.race([pause(pollMs), hint.promise]);
    }
    if (connection.usable) await connection.logout();
  }

  /** Ends early when the watch is stopped, and by nothing else: a lost connection must not shorten a wait after failures. */
  async function pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: ending.signal }).catch(() => undefined);
  }

  const running = run().catch((error: unknown) => {
    // The database is away: the supervisor starts the watch again.
    log.warn({ part: 'mail', accountId: account.id, err: error }, 'mailbox watch ended');
  });
  return {
    ended: running,
    /** Finishes the mail under way, unless the server does not answer. */
    async stop() {
      ending.abort();
      hint.resolve();
      const timer = setTimeout(() => client?.close(), patienceMs);
      await running;
      clearTimeout(timer);
    },
  };
}

export type Watch = ReturnType<typeof watch>;

/** Nobody can mend it but a person; asking again soon helps nobody. */
const personal = new Set(['account.notConnected', 'oauth.refused', 'oauth.notSetUp', 'secret.unreadable']);

function isRefused(error: unknown): boolean {
  if (error instanceof AppError) return personal.has(error.code);
  return error instanceof Error && 'authenticationFailed' in error && error.authenticationFailed === true;
}

/** For the account's page: what the server said, or which door was shut. */
function sentenceOf(error: unknown): string {
  // Our own trouble; that of the mail server comes as it is.
  if (error instanceof Fault || error instanceof AppError) return error.code;
  if (!(error instanceof Error)) return String(error);
  if ('responseText' in error && typeof error.responseText === 'string') return error.responseText;
  return 'code' in error ? `${String(error.code)}: ${error.message}` : error.message;
}
