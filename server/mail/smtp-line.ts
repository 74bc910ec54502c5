import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { trusted } from './imap-connect.ts';

export type SmtpServer = {
  host: string;
  port: number;
  /** `tls`: from the first byte; `starttls`: or nothing; `opportunistic`: if offered. */
  security: 'tls' | 'starttls' | 'opportunistic' | 'none';
  user: string;
  password: string;
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

/** Each step has its own limit. */
const limits = { dnsTimeout: 10_000, connectionTimeout: 30_000, greetingTimeout: 30_000, socketTimeout: 120_000 };
/** A server that does not hang up after our last word is left alone. */
const socketCloseTimeout = 1_000;

/** A connection to a mail server over which one mail after the other leaves. After any trouble it is closed. */
export class SmtpLine {
  readonly #connection: SMTPConnection;
  readonly #broken = Promise.withResolvers<never>();
  /** How many mails it took. */
  taken = 0;

  private constructor(server: SmtpServer) {
    this.#connection = new SMTPConnection({
      host: server.host,
      port: server.port,
      secure: server.security === 'tls',
      requireTLS: server.security === 'starttls',
      ignoreTLS: server.security === 'none',
      ...(server.name ? { name: server.name } : {}),
      tls: { ...trusted(), ...(server.rejectUnauthorized === false ? { rejectUnauthorized: false } : {}) },
      ...limits,
      socketCloseTimeout,
    });
    this.#connection.on('error', this.#broken.reject);
    // Whoever waits for something hears of it; a line that nobody uses may break unheard.
    this.#broken.promise.catch(() => undefined);
  }

  /** @throws SmtpError */
  static async open(server: SmtpServer): Promise<SmtpLine> {
    const line = new SmtpLine(server);
    try {
      await line.#ask((done) => line.#connection.connect(done));
      const { user, password } = server;
      if (user) await line.#ask((done) => line.#connection.login({ user, pass: password }, done));
      return line;
    } catch (error) {
      line.close();
      throw error;
    }
  }

  get isOpen(): boolean {
    return !this.#connection.destroyed;
  }

  /** @throws SmtpError, and then the line is closed */
  async send(envelope: Envelope, text: Text): Promise<Taken> {
    try {
      const taken = await this.#ask<{ response?: string; rejectedErrors?: Error[] }>((done) =>
        this.#connection.send({ ...envelope, size: text.size }, text, done),
      );
      this.taken++;
      return { response: taken.response ?? '', rejectedErrors: taken.rejectedErrors ?? [] };
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** In order when nothing is under way. */
  end(): void {
    if (this.isOpen) this.#connection.quit();
  }

  close(): void {
    this.#connection.close();
  }

  #ask<T>(ask: (done: (error?: Error | null, answer?: T) => void) => void): Promise<T> {
    const answered = new Promise<T>((resolve, reject) => {
      ask((error, answer) => (error ? reject(error) : resolve(answer as T)));
    });
    return Promise.race([answered, this.#broken.promise]);
  }
}

const chunkBytes = 64 * 1024;

/** A mail's text, which asks for leave when the server is ready for it (354), and not before. */
export class Text extends Readable {
  readonly #bytes: Buffer;
  readonly #mayLeave: () => Promise<boolean>;
  #asked: 'no' | 'asking' | 'yes' = 'no';
  #at = 0;

  constructor(bytes: Buffer, mayLeave: () => Promise<boolean>) {
    super();
    this.#bytes = bytes;
    this.#mayLeave = mayLeave;
  }

  get size(): number {
    return this.#bytes.length;
  }

  /** All of it was handed to the line, and the end follows: from now on the server may have taken it. */
  get isWhole(): boolean {
    return this.#at > 0 && this.#at >= this.#bytes.length;
  }

  override _read(): void {
    if (this.#asked === 'yes') return this.#next();
    if (this.#asked === 'asking') return;
    this.#asked = 'asking';
    this.#mayLeave().then(
      (may) => {
        if (!may) return void this.destroy(new TakenBack());
        this.#asked = 'yes';
        this.#next();
      },
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  }

  #next(): void {
    if (this.isWhole) return void this.push(null);
    const chunk = this.#bytes.subarray(this.#at, this.#at + chunkBytes);
    this.#at += chunk.length;
    this.push(chunk);
  }
}

/** Somebody decided while we talked to the server. Its line is cut before the text. */
export class TakenBack extends Error {
  override name = 'TakenBack';
}
