import { config } from '#server/config.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { unseal } from '#server/sealed.ts';
import type { TokenAccount } from './access-token.ts';
import { smtpServerOf, type SmtpServer } from './transport.ts';

/** `relay` is the installation's; else the account whose own server it is. */
export type Destination = {
  key: string;
  server: SmtpServer;
  /** Whose access token lets us in; drawn when it is needed. */
  token?: TokenAccount;
};

/** Null: nothing leaves, mails are built and can be read. */
export function destinationOf({ sender, accountId }: outgoing.Due): Destination | null {
  const own = sender?.smtp;
  if (own && accountId) {
    const { host, port, security, user, token } = own;
    const password = token ? '' : unseal(own.password, outgoing.smtpPasswordPurpose);
    const server = { host, port, security, user, password };
    return { key: accountId, server, ...(token ? { token: { accountId, ...token } } : {}) };
  }
  const { smtpUrl } = config();
  return smtpUrl ? { key: 'relay', server: smtpServerOf(smtpUrl) } : null;
}

const restMs = 10 * 60_000;

/** Lets the installation's relay alone for a while after it refused us: a wrong password that is tried on locks accounts. */
export class Rests {
  #rest: { url: string; until: number } | null = null;

  rest({ key }: Destination): void {
    const { smtpUrl } = config();
    if (key === 'relay' && smtpUrl) this.#rest = { url: smtpUrl, until: performance.now() + restMs };
  }

  /** An operator who mends SMTP_URL does not wait. */
  resting(): string[] {
    const rest = this.#rest;
    return rest && rest.url === config().smtpUrl && performance.now() < rest.until ? ['relay'] : [];
  }
}
