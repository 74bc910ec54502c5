import type { Check } from '#lib/shared/checks.ts';
import { asMember } from '#server/database/actor.ts';
import { latestCheck } from '#server/domain/checks.ts';
import { startChecks } from '#server/mail/checks.ts';
import { startOutbox } from '#server/mail/outbox.ts';
import { startSmtp } from '#server/mail/smtp.ts';
import { run } from './cast.ts';
import { startImapDesk, type ImapDesk } from './imap-desk.ts';
import { startProvider, type Fate } from './mail-provider.ts';
import { deliver } from './smtp-client.ts';
import { until } from './until.ts';

type Settings = Parameters<ImapDesk['created']>[1];
export type CheckDesk = Awaited<ReturnType<typeof startCheckDesk>>;

/** The password of the provider's outgoing server. */
export const secret = 'ausgang';

/** A desk whose accounts send by a provider that delivers into their mailboxes, or to our own door (`door@…`). */
export async function startCheckDesk() {
  const desk = await startImapDesk();
  const { cast, db } = desk;
  const asIs = (_to: string, raw: string): Fate => ({ raw });
  const post = { fate: asIs };
  const provider = await startProvider({
    password: secret,
    decide: (to, raw) => post.fate(to, raw),
    async hand(to, raw, into) {
      if (to.startsWith('door')) return void (await deliver(door.port, raw, { to: [to] }));
      await desk.dovecot.visit(to.replace(/[+@].*/, ''), async (box) => {
        if (into !== 'INBOX') await box.mailboxCreate(into);
        await box.append(into, Buffer.from(raw, 'latin1'));
      });
    },
  });
  const door = await startSmtp({ host: '127.0.0.1', port: 0, onStored: desk.poke });
  const outbox = startOutbox();
  const follow = (patienceMs?: number) =>
    startChecks({ onStored: desk.poke, pollMs: 20, elsewhereMs: 0, ...(patienceMs ? { patienceMs } : {}) });
  let checks = follow();
  let accounts = 0;

  async function account(settings: Settings = {}, { name = `box${++accounts}`, isWatched = false } = {}) {
    const id = await desk.created(name, {
      smtpHost: '127.0.0.1',
      smtpPort: provider.port,
      smtpSecurity: 'none',
      smtpUser: 'box',
      smtpPassword: secret,
      ...settings,
    });
    // Nobody else reads it, but where a test is about that.
    if (!isWatched) await db.owner`update lotse.mail_accounts set paused_at = now() where id = ${id}`;
    return { id, name, address: `${name}@nordlicht.example` };
  }

  const latest = (id: string) => asMember(cast.ada, (tx) => latestCheck(tx, id));

  /** Asks for a check and waits for its end. */
  async function checked(id: string): Promise<Check> {
    await run(cast.ada, 'account.check', { account: id });
    return until(async () => {
      outbox.poke();
      const check = await latest(id);
      return check && check.state !== 'running' && check;
    });
  }

  const ledger = (id: string) =>
    db.owner<{ state: string; reason: string; verdicts: string[]; ticketId: string | null; subject: string }[]>`
      select state, reason, verdicts, ticket_id, subject from lotse.mails where account_id = ${id} order by received_at
    `;

  /** Of a check nothing may stay that a person would have to look at. */
  async function leftBehind(id: string) {
    const [row] = await db.owner`
      select
        (select count(*)::int from lotse.mails m where m.account_id = ${id} and m.ticket_id is not null) as tickets,
        (select count(*)::int from lotse.contact_addresses c where c.address like '%nordlicht.example') as contacts,
        (select count(*)::int from lotse.outgoing_mails o where o.account_id = ${id} and o.kind <> 'check') as answers,
        (select count(*)::int from lotse.outgoing_mails o where o.account_id = ${id} and o.state in ('queued', 'sending')) as waiting
    `;
    return row;
  }

  return {
    ...desk,
    port: door.port,
    /** What the provider does with mails; by itself it hands them on as they are. */
    deliverAs: (fate: (to: string, raw: string) => Fate = asIs) => void (post.fate = fate),
    account,
    latest,
    /** What waits is due now. */
    send: () => outbox.poke(),
    checked,
    ledger,
    leftBehind,
    seen: (id: string) => until(async () => (await desk.stateOf(id))?.lastSuccessAt),
    /** Who follows the checks gives up after so long. */
    async hurry(patienceMs?: number) {
      await checks.stop();
      checks = follow(patienceMs);
    },
    pause: () => checks.stop(),
    async stop() {
      for (const part of [checks, outbox, door, provider, desk]) await part.stop();
    },
  };
}
