import { once } from 'node:events';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import * as mails from '#server/domain/mails.ts';
import { log, reportUnexpected } from '#server/log.ts';
import { mailLimits } from './parsed.ts';

type Options = { host: string; port: number; onStored(): void };

const away = refusal(451, 'The desk cannot take mail just now, please try again');

/**
 * Direct delivery on a port of our own: says yes only when the mail is committed to the ledger, and 4xx while the
 * database is away, so that the sender keeps it.
 */
export async function startSmtp({ host, port, onStored }: Options) {
  const server = new SMTPServer({
    name: 'lotse',
    banner: 'Lotse',
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: mailLimits.bytes,
    maxClients: 50,
    socketTimeout: 5 * 60_000,
    closeTimeout: 10_000,
    disableReverseLookup: true,
    onRcptTo({ address }, session, done) {
      if (session.envelope.rcptTo.length >= 100) return done(refusal(452, 'Too many recipients'));
      mails.accountFor(address).then(
        (account) => done(account ? null : refusal(550, 'No such address here')),
        () => done(away),
      );
    },
    onData(stream, session, done) {
      const from = session.envelope.mailFrom;
      const to = session.envelope.rcptTo.map((recipient) => recipient.address.toLowerCase());
      deliver(stream, { from: from ? from.address : '', to }).then(
        () => {
          done();
          onStored();
        },
        (error: unknown) => {
          if (!isRefusal(error)) reportUnexpected(error, { part: 'mail' });
          done(isRefusal(error) ? error : away);
        },
      );
    },
  });
  server.on('error', (error) => log.warn({ part: 'mail', err: error }, 'SMTP connection'));
  server.listen(port, host);
  await once(server.server, 'listening');
  const bound = server.server.address();
  return {
    port: typeof bound === 'object' && bound ? bound.port : port,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** One copy for each account that the mail is addressed to: each decides for itself. */
async function deliver(stream: SMTPServerDataStream, envelope: { from: string; to: string[] }): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  if (stream.sizeExceeded) throw refusal(552, 'The mail is too large');
  const raw = Buffer.concat(parts);
  const accounts = new Map<string, { account: mails.Account; to: string[] }>();
  for (const address of envelope.to) {
    const account = await mails.accountFor(address);
    if (!account) continue;
    const known = accounts.get(account.id) ?? { account, to: [] };
    known.to.push(address);
    accounts.set(account.id, known);
  }
  for (const { account, to } of accounts.values()) {
    await mails.store({ account, raw, place: null, envelope: { from: envelope.from, to } });
  }
}

function refusal(responseCode: number, message: string): Error & { responseCode: number } {
  return Object.assign(new Error(message), { responseCode });
}

function isRefusal(error: unknown): error is Error & { responseCode: number } {
  return error instanceof Error && 'responseCode' in error;
}
