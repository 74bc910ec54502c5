import SMTPConnection from 'nodemailer/lib/smtp-connection';
import XOAuth2 from 'nodemailer/lib/xoauth2';
import { trusted } from './imap-connect.ts';
import type { Text } from './smtp-text.ts';

export type SmtpServer = {
  host: string;
  port: number;
  /** `tls`: from the first byte; `starttls`: or nothing; `opportunistic`: if offered. */
  security: 'tls' | 'starttls' | 'opportunistic' | 'none';
  user: string;
  password: string;
  /** Instead of a password (XOAUTH2). */
  accessToken?: string;
  /** What we call ourselves in EHLO. */
  name?: string;
  /** Tests only: certificates of a server made for the test. */
  rejectUnauthorized?: boolean;
};

export type SmtpError = Error & {
  code?: string;
  command?: string;
  responseCode?: number;
  response?: string;
  recipient?: string;
  rejectedErrors?: SmtpError[];
};

export type Taken = { response: string; rejectedErrors: SmtpError[] };

export type Envelope = { from: string; to: string[] };

/** How long a server may keep us waiting, whatever it says meanwhile. */
export type Patience = {
  /** With nothing said. */
  silentMs: number;
  /** Until it has greeted us and let us in. */
  openMs: number;
  /** From the sender's name until it asks for the text. */
  askMs: number;
  /** Until it says whether it took the mail. */
  wholeMs: number;
};

export const usual: Patience = {
  // RFC 5321, 4.5.3.2.6: who gives up earlier after the text sends again what was only being looked at.
  silentMs: 10 * 60_000,
  openMs: 2 * 60_000,
  // Less than a mail is ours for before its text leaves (server/domain/outgoing/queue.ts).
  askMs: 4 * 60_000,
  // A 40 MB mail on a slow line.
  wholeMs: 15 * 60_000,
};

const dnsTimeout = 10_000;
const greetingMs = 30_000;
/** A server that does not hang up after our last word is left alone. */
const socketCloseTimeout = 1_000;

/** We leave, whatever the server would have said. */
export class Stopped extends Error {
  override name = 'Stopped';

  constructor() {
    super('Lotse was stopped before the server answered');
  }
}

/** A connection to a mail server over which one mail after the other leaves. After any trouble it is closed. */
export class SmtpLine {
  readonly #connection: SMTPConnection;
  readonly #broken = Promise.withResolvers<never>();
  readonly #server: SmtpServer;
  readonly #patience: Patience;
  /** How many mails it took. */
  taken = 0;

  constructor(server: SmtpServer, patience = usual) {
    this.#server = server;
    this.#patience = patience;
    const greeting = Math.min(greetingMs, patience.openMs);
    this.#connection = new SMTPConnection({
      host: server.host,
      port: server.port,
      secure: server.security === 'tls',
      requireTLS: server.security === 'starttls',
      ignoreTLS: server.security === 'none',
      ...(server.name ? { name: server.name } : {}),
      tls: { ...trusted(), ...(server.rejectUnauthorized === false ? { rejectUnauthorized: false } : {}) },
      dnsTimeout,
      connectionTimeout: greeting,
      greetingTimeout: greeting,
      socketTimeout: patience.silentMs,
      socketCloseTimeout,
    });
    this.#connection.on('error', this.#broken.reject);
    // Whoever waits for something hears of it; a line that nobody uses may break unheard.
    this.#broken.promise.catch(() => undefined);
  }

  /** @throws SmtpError */
  async open(): Promise<void> {
    const late = this.#endAfter(this.#patience.openMs);
    try {
      await this.#ask((done) => this.#connection.connect(done));
      if (this.#server.user) await this.#ask((done) => this.#connection.login(credentialsOf(this.#server), done));
    } catch (error) {
      this.close();
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  get isOpen(): boolean {
    return !this.#connection.destroyed;
  }

  /** @throws SmtpError, and then the line is closed */
  async send(envelope: Envelope, text: Text): Promise<Taken> {
    const { askMs, wholeMs } = this.#patience;
    const timers = [this.#endAfter(askMs, () => !text.isWanted), this.#endAfter(wholeMs)];
    try {
      const taken = await this.#ask<{ response?: string; rejectedErrors?: Error[] }>((done) =>
        this.#connection.send({ ...envelope, size: text.size }, text, done),
      );
      this.taken++;
      return { response: taken.response ?? '', rejectedErrors: taken.rejectedErrors ?? [] };
    } catch (error) {
      this.close();
      throw error;
    } finally {
      timers.forEach(clearTimeout);
    }
  }

  /** In order when nothing is under way. */
  end(): void {
    if (this.isOpen) this.#connection.quit();
  }

  close(): void {
    this.#connection.close();
  }

  /** At once, also where a mail is under way. */
  stop(): void {
    this.#broken.reject(new Stopped());
    this.close();
  }

  #endAfter(ms: number, isLate = () => true): NodeJS.Timeout {
    return setTimeout(() => {
      if (!isLate()) return;
      this.#broken.reject(Object.assign(new Error('The server took too long'), { code: 'ETIMEDOUT' }));
      this.close();
    }, ms);
  }

  #ask<T>(ask: (done: (error?: Error | null, answer?: T) => void) => void): Promise<T> {
    const answered = new Promise<T>((resolve, reject) => {
      ask((error, answer) => (error ? reject(error) : resolve(answer as T)));
    });
    return Promise.race([answered, this.#broken.promise]);
  }
}

function credentialsOf({ user, password, accessToken }: SmtpServer) {
  return accessToken === undefined ? { user, pass: password } : { oauth2: new XOAuth2({ user, accessToken }) };
}
