import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decide } from '#server/config.ts';
import { startMail } from '#server/mail/index.ts';
import { createAuthority } from '../support/authority.ts';
import { createCast, createTicket, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { password, startDovecot, type Dovecot } from '../support/dovecot.ts';
import { hasPostfix, startPostfix, type Postfix } from '../support/postfix.ts';
import { deliver } from '../support/smtp-client.ts';
import { until } from '../support/until.ts';

/*
 * From one end to the other over servers that the world uses: Lotse signs in at Postfix over TLS, Postfix delivers to Dovecot, and what
 * answers or comes back reaches Lotse by its own door (service@) or by a mailbox that it watches (haus@).
 */

const folder = mkdtempSync(join(tmpdir(), 'lotse-'));
let db: TestDatabase;
let cast: Cast;
let dovecot: Dovecot;
let postfix: Postfix;
let bridge: Awaited<ReturnType<typeof startMail>>;
const pools: Record<string, string> = {};

describe.runIf(hasPostfix)('with Postfix and Dovecot', () => {
  beforeAll(async () => {
    const tls = createAuthority(folder);
    [dovecot, db] = await Promise.all([startDovecot({ tls }), createTestDatabase()]);
    decide({ FILES_DIR: folder, ORIGIN: 'https://desk.example.org', SMTP_IN_PORT: '0', MAIL_CA_FILE: tls.authority });
    cast = await createCast();
    bridge = await startMail();
    postfix = await startPostfix({
      tls,
      dovecot,
      boxes: { 'petra.weber@example.org': 'petra', 'haus@haus.example': 'haus' },
      routes: { 'nordlicht.example': bridge.smtpPort ?? 0 },
    });
    await account('service', { address: 'service@nordlicht.example', kind: 'smtp' });
    const mailbox = { imapHost: 'localhost', imapPort: dovecot.tlsPort, imapSecurity: 'tls' } as const;
    const secret = { imapUser: 'haus', imapPassword: password };
    await account('haus', { address: 'haus@haus.example', kind: 'imap', ...mailbox, ...secret, firstLook: 'all' });
  }, 60_000);

  afterAll(async () => {
    await bridge.stop();
    await postfix.stop();
    await dovecot.stop();
    await db.drop();
    rmSync(folder, { recursive: true });
  });

  test.each(['service', 'haus'])(
    'a message of %s reaches the customer over TLS, and his answer comes back to its ticket',
    async (name) => {
      const ticket = await createTicket(cast, { pool: pools[name] ?? '', subject: `Heizung ${name}` });
      const message = await say(ticket, `Wir kommen morgen, ${name}.`);
      expect(await becomes(message, 'sent')).toMatch(/^250 .*queued as/);
      const got = await until(() =>
        dovecot.visit('petra', async (box) => {
          const uids = await box.search({ subject: `Heizung ${name}` });
          const found =
            uids && uids[0]
              ? await box.fetchOne(String(uids[0]), { envelope: true, source: true }, { uid: false })
              : false;
          return found && found.envelope ? { envelope: found.envelope, raw: String(found.source) } : null;
        }),
      );
      expect(got.raw).toMatch(/using TLSv1\.[23]/);
      const replyTo = got.envelope.replyTo?.[0]?.address ?? '';
      expect(replyTo).toMatch(new RegExp(`^${name}\\+`));
      const answer = [
        'From: Petra Weber <petra.weber@example.org>',
        `To: ${replyTo}`,
        `Subject: Re: ${got.envelope.subject ?? ''}`,
        `Message-ID: <answer.${name}@example.org>`,
        '',
        `Danke, ${name}!`,
      ];
      expect(
        await deliver(postfix.port, answer.join('\r\n'), { to: [replyTo], from: 'petra.weber@example.org' }),
      ).toMatch(/^250/);
      const [said] = await until(async () => {
        const rows = await db.owner<{ bodyText: string; ticketId: string; verified: boolean }[]>`
        select body_text, ticket_id, verified from lotse.messages where body_text = ${`Danke, ${name}!`}
      `;
        return rows.length > 0 && rows;
      });
      expect(said).toMatchObject({ ticketId: ticket, verified: true });
    },
  );

  test.each(['service', 'haus'])(
    'what Postfix could not deliver for %s comes back, and marks the mail',
    async (name) => {
      const gone = { name: 'Gerd Fort', addresses: [`nobody.${name}@example.org`] };
      const requester = (await run(cast.ada, 'contact.create', gone)).result['contact'] ?? '';
      const ticket = await createTicket(cast, { pool: pools[name] ?? '', requester });
      const message = await say(ticket, 'Sind Sie noch da?');
      expect(await becomes(message, 'bounced')).toMatch(/5\.1\.1.*unknown user/i);
      const [ledger] = await db.owner`
      select reason, verdicts @> array['bounce'] as is_bounce from lotse.mails where subject like 'Undelivered%' order by received_at desc limit 1
    `;
      expect(ledger).toEqual({ reason: 'report', isBounce: true });
      const [bounced] =
        await db.owner`select bounced_address from lotse.outgoing_mails where ticket_message_id = ${message}`;
      expect(bounced).toEqual({ bouncedAddress: `nobody.${name}@example.org` });
    },
  );

  test('a wrong password makes the account rest with the words of the server', async () => {
    const [row] = await db.owner<{ id: string }[]>`select id from lotse.mail_accounts where name = 'service'`;
    await run(cast.ada, 'account.change', { account: row?.id ?? '', smtpPassword: 'falsch' });
    await say(await createTicket(cast, { pool: pools['service'] ?? '' }), 'Darf nicht hinaus.');
    const words = await until(async () => {
      const [found] = await db.owner<
        { smtpError: string }[]
      >`select smtp_error from lotse.mail_accounts where name = 'service'`;
      return found?.smtpError;
    });
    expect(words).toMatch(/^535 5\.7\.8/);
  });
});

type Account = Parameters<typeof run<'account.create'>>[2];

/** An account that sends by Postfix, with a pool of its own. */
async function account(name: string, settings: Pick<Account, 'address' | 'kind'> & Partial<Account>): Promise<void> {
  const pool = (await run(cast.ada, 'pool.create', { name })).result['pool'] ?? '';
  pools[name] = pool;
  const smtp = { smtpHost: 'localhost', smtpPort: postfix.submission, smtpSecurity: 'starttls' } as const;
  const secret = { smtpUser: 'desk', smtpPassword: password };
  await run(cast.ada, 'account.create', { name, pool, sendsConfirmation: false, ...smtp, ...secret, ...settings });
}

async function say(ticket: string, words: string): Promise<string> {
  const html = `<p>${words}</p>`;
  const { result } = await run(cast.mona, 'message.post', { ticket, kind: 'message', visibility: 'public', html });
  return result['message'] ?? '';
}

/** Returns what the server said. */
function becomes(message: string, state: string): Promise<string> {
  return until(async () => {
    const [row] = await db.owner<{ state: string; response: string }[]>`
      select state, response from lotse.outgoing_mails where ticket_message_id = ${message}
    `;
    return row?.state === state && row.response;
  });
}
