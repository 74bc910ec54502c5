import { randomUUID } from 'node:crypto';
import * as mails from '#server/domain/mails.ts';
import { reportUnexpected } from '#server/log.ts';
import { watch, type Watch, type WatchOptions } from './imap.ts';

type Options = { lookMs?: number } & Pick<WatchOptions, 'mostBytes' | 'patience' | 'retryMs' | 'pollMs'>;

/** One watch for each active IMAP account; follows what administrators add, change, pause and archive. */
export function startMailboxes(onStored: () => void, { lookMs = 5_000, ...limits }: Options = {}) {
  const holder = randomUUID();
  const watches = new Map<string, { settings: string; watch: Watch }>();
  let looking = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, lookMs);

  async function look(): Promise<void> {
    try {
      const accounts = await mails.activeAccounts();
      const wanted = new Map(accounts.map((account) => [account.id, account]));
      for (const [id, running] of watches) {
        const account = wanted.get(id);
        if (account && JSON.stringify(account) === running.settings) continue;
        watches.delete(id);
        await running.watch.stop();
      }
      for (const account of accounts) {
        if (watches.has(account.id)) continue;
        const started = watch(account, { holder, onStored, ...limits });
        watches.set(account.id, { settings: JSON.stringify(account), watch: started });
        void started.ended.then(() => watches.delete(account.id));
      }
    } catch (error) {
      reportUnexpected(error, { part: 'mail', loop: 'mailboxes' });
    }
  }

  return {
    async stop() {
      clearInterval(timer);
      await looking;
      await Promise.all([...watches.values()].map((running) => running.watch.stop()));
    },
  };
}
