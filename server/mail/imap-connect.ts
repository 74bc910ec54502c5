import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { ImapFlow } from 'imapflow';
import { config } from '#server/config.ts';
import * as mails from '#server/domain/mails.ts';
import { unseal } from '#server/sealed.ts';
import { freshAccessToken, keptAccessToken, type TokenAccount } from './access-token.ts';
import { timed } from './imap-timed.ts';

/**
 * `quietMs`: so long a command may hear nothing; `commandMs`: so long it may take whatever is said meanwhile. The lease of the
 * mailbox is shorter than that, and renewed each `renewMs`.
 */
export type Patience = { quietMs: number; commandMs: number; renewMs?: number };

/** 40 MB at a megabit take five minutes and a half. */
const usual: Patience = { quietMs: 5 * 60_000, commandMs: 10 * 60_000 };

type Options = {
  patience?: Patience | undefined;
  /** A token that was used before will do, as long as it should hold. */
  mayBeKept?: boolean;
};

/** A client for the account's mailbox that is not connected yet, with a password or with a token. */
export async function clientFor(
  account: mails.Account,
  { patience = usual, mayBeKept = false }: Options = {},
): Promise<ImapFlow> {
  const { imapUser: user, imapSecurity: security, imapAuth: provider, oauthConnectedAt: connectedAt } = account;
  const secret =
    provider === 'password'
      ? { pass: unseal(account.imapPassword, mails.imapPasswordPurpose) }
      : { accessToken: await tokenFor({ accountId: account.id, provider, connectedAt }, mayBeKept) };
  const client = new ImapFlow({
    host: account.imapHost,
    port: account.imapPort,
    secure: security === 'tls',
    ...(security === 'tls' ? {} : { doSTARTTLS: security === 'starttls' }),
    tls: trusted(),
    auth: { user, ...secret },
    logger: false,
    // Servers drop an IDLE of 30 minutes (RFC 2177), many routers one of 5.
    maxIdleTime: 4 * 60_000,
    missingIdleCommand: 'NOOP',
    connectionTimeout: 20_000,
    greetingTimeout: 20_000,
    socketTimeout: patience.quietMs,
  });
  return timed(client, patience.commandMs);
}

async function tokenFor(account: TokenAccount, mayBeKept: boolean): Promise<string> {
  return mayBeKept ? (await keptAccessToken(account)).accessToken : freshAccessToken(account);
}

/** Certificates are always verified; an authority of the house is believed besides the public ones. */
export function trusted() {
  const { mailCaFile } = config();
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
    ...(mailCaFile ? { ca: [...rootCertificates, readFileSync(mailCaFile, 'utf8')] } : {}),
  };
}
