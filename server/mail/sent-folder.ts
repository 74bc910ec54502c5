import { ImapFlow } from 'imapflow';
import * as mails from '#server/domain/mails.ts';
import { unseal } from '#server/sealed.ts';
import { keptAccessToken } from './access-token.ts';
import { trusted } from './imap-connect.ts';
import { timed } from './imap-timed.ts';

/** A mail server that does not answer must not keep the other mails of unknown fate waiting for long. */
const limits = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 30_000 };
/** Whatever it says meanwhile. */
const commandMs = 60_000;

/** Whether the account keeps its sent mails and this one is among them. An account without a mailbox has none. */
export async function isInSentFolder({ accountId, messageId }: { accountId: string | null; messageId: string }) {
  const account = accountId && messageId ? (await mails.receiversOf([accountId])).get(accountId) : null;
  if (account?.kind !== 'imap') return false;
  const { imapAuth: provider, oauthConnectedAt: connectedAt } = account;
  const secret =
    provider === 'password'
      ? { pass: unseal(account.imapPassword, mails.imapPasswordPurpose) }
      : { accessToken: (await keptAccessToken({ accountId: account.id, provider, connectedAt })).accessToken };
  const connection = new ImapFlow({
    host: account.imapHost,
    port: account.imapPort,
    secure: account.imapSecurity === 'tls',
    ...(account.imapSecurity === 'tls' ? {} : { doSTARTTLS: account.imapSecurity === 'starttls' }),
    auth: { user: account.imapUser, ...secret },
    tls: trusted(),
    logger: false,
    ...limits,
  });
  const client = timed(connection, commandMs);
  // Told by the command under way; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const folders = await client.list();
    const sent = folders.find(({ specialUse }) => specialUse === '\\Sent');
    if (!sent) return false;
    await client.mailboxOpen(sent.path, { readOnly: true });
    const found = await client.search({ header: { 'message-id': messageId } });
    return found !== false && found !== undefined && found.length > 0;
  } finally {
    client.close();
  }
}
