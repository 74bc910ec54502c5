import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { ImapFlow } from 'imapflow';
import { AppError } from '#lib/shared/errors.ts';
import { accessFor, type Provider } from '#server/auth/mailbox-oauth.ts';
import { config } from '#server/config.ts';
import * as mails from '#server/domain/mails.ts';
import { seal, unseal } from '#server/sealed.ts';
import { timed } from './imap-timed.ts';

/**
 * `quietMs`: so long a command may hear nothing; `commandMs`: so long it may take whatever is said meanwhile. The lease of the
 * mailbox is shorter than that, and renewed each `renewMs`.
 */
export type Patience = { quietMs: number; commandMs: number; renewMs?: number };

/** 40 MB at a megabit take five minutes and a half. */
const usual: Patience = { quietMs: 5 * 60_000, commandMs: 10 * 60_000 };

/** A client for the account's mailbox that is not connected yet, with a password or with a token that is fresh. */
export async function clientFor(account: mails.Account, held: mails.Held, patience = usual): Promise<ImapFlow> {
  const { imapUser: user, imapSecurity: security } = account;
  const secret =
    account.imapAuth === 'password'
      ? { pass: unseal(account.imapPassword, mails.imapPasswordPurpose) }
      : { accessToken: await freshToken(account.imapAuth, held) };
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

/** Certificates are always verified; an authority of the house is believed besides the public ones. */
export function trusted() {
  const { mailCaFile } = config();
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
    ...(mailCaFile ? { ca: [...rootCertificates, readFileSync(mailCaFile, 'utf8')] } : {}),
  };
}

async function freshToken(provider: Provider, held: mails.Held): Promise<string> {
  const before = await mails.refreshTokenOf(held);
  if (before === '') throw new AppError('account.notConnected');
  const access = await accessFor(provider, unseal(before, mails.refreshTokenPurpose));
  if (access.refreshToken) {
    const now = seal(access.refreshToken, mails.refreshTokenPurpose);
    await mails.keepRefreshToken(held, { before, now });
  }
  return access.accessToken;
}
