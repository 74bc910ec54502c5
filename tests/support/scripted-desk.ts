import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decide } from '#server/config.ts';
import type { Patience } from '#server/mail/imap-connect.ts';
import { startIntake } from '#server/mail/intake.ts';
import { startMailboxes } from '#server/mail/mailboxes.ts';
import { stopParsing } from '#server/mail/parse.ts';
import { createCast, run } from './cast.ts';
import { createTestDatabase } from './database.ts';
import { hasty, type FakeImap } from './imap-server.ts';
import { until } from './until.ts';

export type Settings = Partial<Parameters<typeof run<'account.create'>>[2]>;
export type ScriptedDesk = Awaited<ReturnType<typeof startScriptedDesk>>;

/** A desk whose accounts are mailboxes of scripted servers. `limits`: what its readers take, where that is not the usual. */
export async function startScriptedDesk(limits: { mostBytes?: number } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  const db = await createTestDatabase();
  decide({ FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
  const cast = await createCast();
  let boxes = 0;
  let parts: { stop(): Promise<void> }[] = [];

  async function pause() {
    const ending = parts;
    parts = [];
    for (const part of ending) await part.stop();
  }

  async function start(patience?: Patience) {
    await pause();
    const intake = startIntake();
    const options = { lookMs: 100, retryMs: hasty, ...limits, ...(patience ? { patience } : {}) };
    parts = [startMailboxes(intake.poke, options), intake];
  }

  return {
    db,
    cast,
    start: () => start(),
    /** The same, with other limits on what a server may keep us waiting. */
    impatient: start,
    async watched(server: FakeImap, settings: Settings = {}): Promise<string> {
      const name = `box-${++boxes}`;
      const { result } = await run(cast.ada, 'account.create', {
        name,
        address: `${name}@nordlicht.example`,
        pool: cast.heating,
        kind: 'imap',
        imapHost: '127.0.0.1',
        imapPort: server.port,
        imapSecurity: 'none',
        imapUser: name,
        imapPassword: 'geheim',
        sendsConfirmation: false,
        firstLook: 'all',
        afterStoring: 'leave',
        ...settings,
      });
      return result['account'] ?? '';
    },
    async accountOf(account: string) {
      const [row] = await db.owner`select reconciled_at, last_error from lotse.mail_accounts where id = ${account}`;
      return row;
    },
    /** Subjects of the account's filed mails, once there are so many. */
    filed: (account: string, count: number) =>
      until(async () => {
        const rows = await db.owner<{ subject: string }[]>`
          select subject from lotse.mails where account_id = ${account} and state = 'filed' order by uid
        `;
        return rows.length >= count && rows.map(({ subject }) => subject);
      }),
    async rest() {
      await pause();
      await db.owner`update lotse.mail_accounts set archived_at = now() where archived_at is null`;
    },
    async stop() {
      await pause();
      await stopParsing();
      await db.drop();
      await rm(folder, { recursive: true });
    },
  };
}
