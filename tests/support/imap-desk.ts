import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { decide } from '#server/config.ts';
import { startIntake } from '#server/mail/intake.ts';
import { startMailboxes } from '#server/mail/mailboxes.ts';
import { stopParsing } from '#server/mail/parse.ts';
import { createCast, run } from './cast.ts';
import { createTestDatabase } from './database.ts';
import { password, startDovecot, type Certificate } from './dovecot.ts';
import { until } from './until.ts';

/** A poll that would come after every test: what is read was told by IDLE. */
const neverMs = 24 * 60 * 60_000;

type Settings = Partial<Parameters<typeof run<'account.create'>>[2]>;

export type ImapDesk = Awaited<ReturnType<typeof startImapDesk>>;

/** A desk whose accounts are mailboxes of a real server, watched as by one process. */
export async function startImapDesk(secure: { tls?: Certificate } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  const dovecot = await startDovecot(secure);
  const db = await createTestDatabase();
  decide({ FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
  const cast = await createCast();
  const parts: { stop(): Promise<void> }[] = [];
  let poke = () => {};
  const first = start();

  /** Mailboxes and intake as one process has them. */
  function start() {
    const intake = startIntake();
    poke = () => intake.poke();
    const mailboxes = startMailboxes(intake.poke, { lookMs: 100, pollMs: neverMs });
    parts.push(mailboxes, intake);
    return mailboxes;
  }

  /** An account over the mailbox of `user`, once its first look is over. */
  async function watched(user: string, settings: Settings = {}): Promise<string> {
    const account = await created(user, settings);
    await until(async () => (await stateOf(account))?.lastSuccessAt);
    return account;
  }

  async function created(user: string, settings: Settings = {}): Promise<string> {
    const { result } = await run(cast.ada, 'account.create', {
      name: user,
      address: `${user}@nordlicht.example`,
      pool: cast.heating,
      kind: 'imap',
      imapHost: '127.0.0.1',
      imapPort: dovecot.port,
      imapSecurity: 'none',
      imapUser: user,
      imapPassword: password,
      sendsConfirmation: false,
      ...settings,
    });
    return result['account'] ?? '';
  }

  async function stateOf(account: string) {
    const [row] = await db.owner<
      { lastError: string; lastSuccessAt: string | null; leaseHolder: string; lastUid: number }[]
    >`
      select last_error, last_success_at, lease_holder, last_uid from lotse.mail_accounts where id = ${account}
    `;
    return row;
  }

  function mailOf(subject: string): Buffer {
    return Buffer.from(
      [
        'From: Petra Weber <petra.weber@example.org>',
        'To: service@nordlicht.example',
        `Subject: ${subject}`,
        `Message-ID: <${subject.replaceAll(' ', '.')}@example.org>`,
        '',
        'Guten Tag, bitte melden Sie sich.',
        '',
      ].join('\r\n'),
    );
  }

  const append = (user: string, ...subjects: string[]) =>
    dovecot.visit(user, async (box) => {
      for (const subject of subjects) await box.append('INBOX', mailOf(subject));
    });

  /** Subjects of the tickets of an account, once so many of its mails have come to their end. */
  async function filed(account: string, count: number): Promise<string[]> {
    const rows = await until(async () => {
      const ended = await db.owner<{ subject: string; state: string; reason: string }[]>`
        select subject, state, reason from lotse.mails
        where account_id = ${account} and state in ('filed', 'ignored', 'failed')
        order by received_at
      `;
      return ended.length >= count && ended;
    });
    expect(rows.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(rows).toHaveLength(count);
    return (await ticketsOf(account)).sort();
  }

  async function ticketsOf(account: string): Promise<string[]> {
    const rows = await db.owner<{ subject: string }[]>`
      select t.subject from lotse.mails m join lotse.tickets t on t.id = m.ticket_id
      where m.account_id = ${account} order by t.number
    `;
    return rows.map(({ subject }) => subject);
  }

  const settled = (account: string, count: number) =>
    until(async () => {
      const [row] = await db.owner<{ count: number }[]>`
        select count(*)::int from lotse.mails where account_id = ${account} and settled_at is not null
      `;
      return row?.count === count;
    });

  return {
    db,
    cast,
    dovecot,
    first,
    start,
    /** Work for the mail job. */
    poke: () => poke(),
    watched,
    created,
    stateOf,
    mailOf,
    append,
    filed,
    ticketsOf,
    settled,
    /** Between two tests: the server runs, and nobody watches what was. */
    async reset() {
      await dovecot.start();
      await db.owner`update lotse.mail_accounts set archived_at = now()`;
    },
    async stop() {
      for (const part of parts) await part.stop();
      await stopParsing();
      await dovecot.stop();
      await db.drop();
      await rm(folder, { recursive: true });
    },
  };
}
