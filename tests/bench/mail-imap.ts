import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startMail } from '#server/mail/index.ts';
import { run } from '../support/cast.ts';
import { password, startDovecot, type Dovecot } from '../support/dovecot.ts';
import { now } from './clock.ts';
import type { Desk } from './desk.ts';
import { largeMailBytes, mailBytes } from './mail-bytes.ts';
import { cards, demandConfirmations, withMailDesk, type MailDesk } from './mail-desk.ts';
import { repeat, type Bench } from './part.ts';

const user = 'service';
const warmUp = 30;
const patienceMs = 30_000;

export function hasDovecot(): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, 'dovecot')));
}

/**
 * From the start of the watch, which connects first, until the last of the mails that waited is a card. They come while nobody
 * watches, since handing them to Dovecot would take the time of what is measured.
 */
export async function fromImap(bench: Bench, { count, large }: { count: number; large: number }) {
  const dovecot = await startDovecot();
  try {
    return await withMailDesk(bench, async (desk) => {
      await watchFromNow(desk, dovecot);
      let filed = 0;
      const read = async (mails: number, isLarge = false) => {
        await append(dovecot, { from: filed, count: mails, isLarge });
        filed += mails;
        const begin = now();
        const bridge = await startMail();
        try {
          await cards(desk, filed);
          return now() - begin;
        } finally {
          await bridge.stop();
        }
      };
      await read(warmUp);
      // A desk that was opened a second ago has plans for an empty ledger; autovacuum ends that within a minute.
      await desk.owner`analyze`;
      await read(warmUp);
      const rates = await repeat(bench.runs, async () => count / ((await read(count)) / 1000));
      const largeRates = await repeat(bench.runs, async () => large / ((await read(large, true)) / 1000));
      await demandConfirmations(desk, filed);
      return { rates, large: largeRates };
    });
  } finally {
    await dovecot.stop();
  }
}

/** A first look starts from now: it is over before a mail comes. */
async function watchFromNow({ cast, owner }: MailDesk, { port }: Dovecot): Promise<void> {
  await run(cast.ada, 'account.create', {
    name: 'Service',
    address: 'service@nordlicht.example',
    pool: cast.heating,
    kind: 'imap',
    imapHost: '127.0.0.1',
    imapPort: port,
    imapSecurity: 'none',
    imapUser: user,
    imapPassword: password,
  });
  const bridge = await startMail();
  try {
    await looked(owner);
  } finally {
    await bridge.stop();
  }
}

async function looked(owner: Desk['owner']): Promise<void> {
  for (const deadline = now() + patienceMs; now() < deadline;) {
    const [row] = await owner`select from lotse.mail_accounts where last_success_at is not null`;
    if (row) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('The mailbox was never read');
}

type Letters = { from: number; count: number; isLarge: boolean };

async function append(dovecot: Dovecot, { from, count, isLarge }: Letters): Promise<void> {
  const write = isLarge ? largeMailBytes : mailBytes;
  await dovecot.visit(user, async (box) => {
    for (let i = 0; i < count; i++) await box.append('INBOX', Buffer.from(write(from + i)));
  });
}
