import { ImapFlow } from 'imapflow';
import * as mails from '#server/domain/mails.ts';
import { log } from '#server/log.ts';
import { readNew, settleRest, type Reader } from './imap-read.ts';

const pollMs = 60_000;
const firstRetryMs = 1_000;
const lastRetryMs = 60_000;

/**
 * Watches one mailbox until stopped: IDLE is a hint, the poll finds what it missed, UIDs are the cursor. Another process
 * that holds the account's lease is left alone.
 */
export function watch(account: mails.Account, { holder, onStored }: { holder: string; onStored(): void }) {
  let isStopping = false;
  let wake = Promise.withResolvers<void>();
  let client: ImapFlow | undefined;

  async function run(): Promise<void> {
    let retryMs = firstRetryMs;
    while (!isStopping) {
      const lease = await mails.lease(account.id, holder);
      try {
        if (lease) await read(lease);
        retryMs = firstRetryMs;
      } catch (error) {
        log.warn({ part: 'mail', accountId: account.id, err: error }, 'mailbox could not be read');
        await mails.reportFailure(account.id, sentenceOf(error));
        retryMs = Math.min(retryMs * 2, lastRetryMs);
      } finally {
        client?.close();
        await lease?.end();
      }
      await sleep(lease ? retryMs : pollMs / 2);
    }
  }

  async function read(lease: mails.Lease): Promise<void> {
    const connection = connect(account);
    client = connection;
    connection.on('exists', () => wake.resolve());
    connection.on('close', () => wake.resolve());
    // Told by 'close' and by the command under way; without a listener it would end the process.
    connection.on('error', (error) => log.debug({ part: 'mail', accountId: account.id, err: error }, 'connection'));
    await connection.connect();
    const reader: Reader = { account, holder, client: connection, onStored };
    while (!isStopping && connection.usable) {
      if (!(await lease.renew())) return;
      await connection.mailboxOpen(account.imapFolder);
      await readNew(reader);
      await settleRest(reader);
      await sleep(pollMs);
    }
    if (isStopping) await connection.logout();
  }

  async function sleep(ms: number): Promise<void> {
    if (isStopping) return;
    const timer = setTimeout(() => wake.resolve(), ms);
    await wake.promise;
    clearTimeout(timer);
    wake = Promise.withResolvers<void>();
  }

  const running = run().catch((error: unknown) => {
    // The database is away: the supervisor starts the watch again.
    log.warn({ part: 'mail', accountId: account.id, err: error }, 'mailbox watch ended');
  });
  return {
    ended: running,
    async stop() {
      isStopping = true;
      wake.resolve();
      await running;
    },
  };
}

export type Watch = ReturnType<typeof watch>;

function connect(account: mails.Account): ImapFlow {
  return new ImapFlow({
    host: account.imapHost,
    port: account.imapPort,
    secure: account.imapSecurity === 'tls',
    ...(account.imapSecurity === 'tls' ? {} : { doSTARTTLS: account.imapSecurity === 'starttls' }),
    auth: { user: account.imapUser, pass: account.imapPassword },
    logger: false,
    // Servers drop an IDLE of 30 minutes (RFC 2177), many routers one of 5.
    maxIdleTime: 4 * 60_000,
    missingIdleCommand: 'NOOP',
    connectionTimeout: 20_000,
    greetingTimeout: 20_000,
    socketTimeout: 5 * 60_000,
  });
}

/** For the account's page: what the server said, or which door was shut. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('responseText' in error && typeof error.responseText === 'string') return error.responseText;
  return 'code' in error ? `${String(error.code)}: ${error.message}` : error.message;
}
