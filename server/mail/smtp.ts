import { once } from 'node:events';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { AppError } from '#lib/shared/errors.ts';
import { faultFrom } from '#server/database/fault.ts';
import { secretFor } from '#server/database/keys.ts';
import * as mails from '#server/domain/mails.ts';
import { log, reportUnexpected } from '#server/log.ts';
import { checkOf } from './check-mark.ts';
import { headerText, readHeaders } from './headers.ts';
import { mailLimits } from './parsed.ts';
import { readHead } from './read-head.ts';
import { Peers } from './peers.ts';

type Options = {
  host: string;
  port: number;
  onStored(): void;
  /** The largest mail. */
  bytes?: number;
};

const crowded = refusal(421, 'Too many connections from you, please try again');
const away = refusal(451, 'The desk cannot take mail just now, please try again');
const full = refusal(452, 'The desk has no space left just now, please try again');
const paused = refusal(450, 'This mailbox is paused, please try again later');
const unknown = refusal(550, 'No such address here');

/** Of fifty: one busy relay, or somebody who only holds the line, leaves room for others. */
const mostOfOnePeer = 25;
/** Somebody who tries which addresses exist. */
const mostUnknown = 20;

/** All mails on their way in together: fifty large ones at once would fill the memory. */
const mostBytes = 256 * 1024 * 1024;

/**
 * Direct delivery on a port of our own: says yes only when the mail is committed to the ledger, and 4xx while the database is
 * away or the disk is full, so that the sender keeps it.
 */
export async function startSmtp({ host, port, onStored, bytes = mailLimits.bytes }: Options) {
  const peers = new Peers(mostOfOnePeer);
  /** The accounts that a session named, by its id and their address. */
  const known = new Map<string, mails.Addressed>();
  const server = new SMTPServer({
    name: 'lotse',
    banner: 'Lotse',
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: bytes,
    maxClients: 50,
    socketTimeout: 5 * 60_000,
    closeTimeout: 10_000,
    disableReverseLookup: true,
    onConnect: ({ id, remoteAddress }, done) => done(peers.enter(id, remoteAddress) ? null : crowded),
    onClose({ id }) {
      peers.leave(id);
      for (const key of known.keys()) if (key.startsWith(`${id} `)) known.delete(key);
    },
    onRcptTo({ address }, session, done) {
      if (session.envelope.rcptTo.length >= 100) return done(refusal(452, 'Too many recipients'));
      if (peers.misses(session.id) >= mostUnknown) return done(refusal(421, 'Too many unknown addresses'));
      mails.accountFor(address).then(
        (account) => {
          // Of a paused one that is being checked only the check's own mail is taken.
          const isOpen = account !== null && (!account.isPaused || account.isChecked);
          if (isOpen) known.set(`${session.id} ${address.toLowerCase()}`, account);
          if (!account) peers.missed(session.id);
          done(account ? (isOpen ? null : paused) : unknown);
        },
        (error: unknown) => {
          reportUnexpected(error, { part: 'mail' });
          done(away);
        },
      );
    },
    onData(stream, session, done) {
      const from = session.envelope.mailFrom;
      const recipients = session.envelope.rcptTo.flatMap(({ address }) => {
        const account = known.get(`${session.id} ${address.toLowerCase()}`);
        return account ? [{ account, address: address.toLowerCase() }] : [];
      });
      // All were taken by us a moment ago; should one be unknown by now, nobody may think that he was served.
      const isWhole = recipients.length === session.envelope.rcptTo.length;
      deliver(stream, from ? from.address : '', isWhole ? recipients : []).then(
        () => {
          done();
          onStored();
        },
        (error: unknown) => {
          if (isRefusal(error)) return done(error);
          // Paused or archived since the address was taken: the sender asks again and is told.
          if (error instanceof AppError) return done(away);
          const fault = faultFrom(error);
          reportUnexpected(fault ?? error, { part: 'mail' });
          done(fault?.code === 'disk.full' ? full : away);
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

type Recipient = { account: mails.Addressed; address: string };

/** One copy for each account that the mail is addressed to: each decides for itself. */
async function deliver(stream: SMTPServerDataStream, from: string, recipients: Recipient[]): Promise<void> {
  const raw = await readAll(stream);
  if (recipients.length === 0) throw away;
  const head = readHead(raw);
  const accounts = Map.groupBy(recipients, ({ account }) => account.id);
  const copies = [...accounts.values()].flatMap(([first, ...others]) =>
    first ? [{ account: first.account, to: [first, ...others].map(({ address }) => address) }] : [],
  );
  const parcels = await Promise.all(
    copies.map(async ({ account, to }) => {
      const isCheck = account.isPaused && (await isOfCheck(raw, account.workspaceId));
      if (account.isPaused && !isCheck) throw paused;
      return { account, raw, head, envelope: { from, to }, isCheck };
    }),
  );
  await Promise.all(parcels.map((parcel) => mails.store(parcel)));
}

async function isOfCheck(raw: Buffer, workspaceId: string): Promise<boolean> {
  const headers = readHeaders(raw);
  return checkOf(await secretFor('mail'), workspaceId, { headers, subject: headerText(headers, 'subject') }) !== null;
}

let underWay = 0;

/** The client sends on whatever we think of it: what is too much is read and forgotten, then refused. */
async function readAll(stream: SMTPServerDataStream): Promise<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  let isCrowded = false;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      isCrowded ||= underWay + part.length > mostBytes;
      if (isCrowded || stream.sizeExceeded) {
        parts = [];
        continue;
      }
      parts.push(part);
      size += part.length;
      underWay += part.length;
    }
    if (stream.sizeExceeded) throw refusal(552, 'The mail is too large');
    if (isCrowded) throw refusal(452, 'Too much mail at once, please try again');
    return Buffer.concat(parts);
  } finally {
    underWay -= size;
  }
}

function refusal(responseCode: number, message: string): Error & { responseCode: number } {
  return Object.assign(new Error(message), { responseCode });
}

function isRefusal(error: unknown): error is Error & { responseCode: number } {
  return error instanceof Error && 'responseCode' in error;
}
