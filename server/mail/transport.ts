import { Lines } from './lines.ts';
import { Stopped, type Envelope, type SmtpError, type SmtpServer, type Taken } from './smtp-line.ts';
import { TakenBack, Text } from './smtp-text.ts';

export type { SmtpServer };

export type RecipientResult = { address: string; outcome: 'sent' | 'temporary' | 'permanent'; response: string };

/**
 * How one try ended. `unknown`: the server had asked for the text (354), got it, and never said whether it took it; sending
 * again could double it. `auth`: the account is refused, not the mail. `takenBack`: it must not leave any more. `stopped`: we left
 * before the server had it. All others but `sent` carry the server's words.
 */
export type SendResult = {
  outcome: 'sent' | 'temporary' | 'permanent' | 'auth' | 'unknown' | 'takenBack' | 'stopped';
  response: string;
  recipients: RecipientResult[];
  /** Nobody could be talked to, or nobody whom we trust. */
  trouble?: 'connection' | 'certificate';
};

/** `smtp://user:password@host:587`; with credentials the connection has to be encrypted, unless it stays on this machine. */
export function smtpServerOf(url: string): SmtpServer {
  const { protocol, hostname, port, username, password } = new URL(url);
  const isLocal = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  const plain = username !== '' && !isLocal ? 'starttls' : 'opportunistic';
  const security = protocol === 'smtps:' ? 'tls' : plain;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (security === 'tls' ? 465 : 587) : Number(port),
    security,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
}

export type Parcel = { bytes: Buffer; envelope: Envelope };

type Way = {
  /** Asked when the server is ready for the text; false and it does not leave. */
  mayLeave?: () => Promise<boolean>;
  /** Connections that are kept between mails; without them one is opened and closed. */
  lines?: Lines;
};

/** One try, stored bytes. Never throws for what a server or a network does. */
export async function sendMail(server: SmtpServer, parcel: Parcel, { mayLeave, lines }: Way = {}): Promise<SendResult> {
  const { bytes, envelope } = parcel;
  const bad = envelope.to.find((address) => !/^[^\s<>\p{Cc}]{1,256}@[^\s<>\p{Cc}]{1,255}$/u.test(address));
  if (bad !== undefined || envelope.to.length === 0) return refusedHere(envelope.to);
  const ways = lines ?? new Lines();
  // The first may be a line that its server gave up while nobody used it.
  for (;;) {
    const text = new Text(bytes, mayLeave ?? (() => Promise.resolve(true)));
    let isFresh = true;
    try {
      const taken = await ways.use(server, (line, fresh) => {
        isFresh = fresh;
        return line.send(envelope, text);
      });
      return success(taken, envelope);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!isFresh && isCut(error) && !text.isWhole) continue;
      return failure(error, { isWhole: text.isWhole, to: envelope.to });
    } finally {
      if (!lines) ways.end();
    }
  }
}

/** nodemailer would mend such an address, and so write to somebody else. */
function refusedHere(to: string[]): SendResult {
  const response = 'not a mail address';
  return {
    outcome: 'permanent',
    response,
    recipients: to.map((address) => ({ address, outcome: 'permanent', response })),
  };
}

function success({ response, rejectedErrors }: Taken, { to }: Envelope): SendResult {
  const refused = refusals(rejectedErrors);
  const taken = to.filter((address) => !refused.some((result) => result.address === address));
  const recipients = taken.map((address) => ({ address, outcome: 'sent' as const, response: shortened(response) }));
  return { outcome: 'sent', response: shortened(response), recipients: [...recipients, ...refused] };
}

function failure(error: SmtpError, { isWhole, to }: { isWhole: boolean; to: string[] }): SendResult {
  const outcome = ownEndOf(error, isWhole) ?? outcomeOf(error, isWhole);
  const response = shortened(error.response || error.message);
  const refused = refusals(error.rejectedErrors);
  const known =
    outcome === 'permanent' || outcome === 'temporary' ? to.map((address) => ({ address, outcome, response })) : [];
  const trouble = troubleOf(error);
  return { outcome, response, recipients: refused.length > 0 ? refused : known, ...(trouble ? { trouble } : {}) };
}

/** What we ended ourselves. Of a text that the server had whole nobody knows what became of it, whoever left. */
function ownEndOf(error: Error, isWhole: boolean): SendResult['outcome'] | null {
  if (error instanceof TakenBack) return 'takenBack';
  if (error instanceof Stopped) return isWhole ? 'unknown' : 'stopped';
  return null;
}

function troubleOf({ code = '', message, responseCode }: SmtpError): SendResult['trouble'] {
  if (responseCode) return undefined;
  if (code === 'ETLS' || /certificate|altname|\bSSL\b|\bTLS\b/i.test(message)) return 'certificate';
  return ['ECONNECTION', 'ESOCKET', 'EDNS', 'ETIMEDOUT'].includes(code) ? 'connection' : undefined;
}

const isCut = ({ code, responseCode }: SmtpError) => code === 'ECONNECTION' && !responseCode;

function outcomeOf(
  { code, command, response = '', responseCode = 0, rejectedErrors }: SmtpError,
  isWhole: boolean,
): SendResult['outcome'] {
  if (rejectedErrors?.some((refused) => isTemporary(refused.responseCode))) return 'temporary';
  // 530 and 535 refuse us, whatever they answered; 454 is the server's own trouble.
  if (code === 'EAUTH' || code === 'ENOAUTH' || [530, 534, 535, 538].includes(responseCode))
    return isTemporary(responseCode) ? 'temporary' : 'auth';
  if (isTemporary(responseCode)) return 'temporary';
  // A 5xx at the greeting, EHLO or STARTTLS says no to this connection, not to the mail.
  if (code === 'ETLS') return 'temporary';
  if (responseCode >= 500)
    return command === 'CONN' || command === 'EHLO' || command === 'HELO' ? 'temporary' : 'permanent';
  if (isWhole) return 'unknown';
  // Refused before it left: an address or size that no try can mend. What a server says that makes no sense is its own trouble.
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && !response ? 'permanent' : 'temporary';
}

const isTemporary = (responseCode = 0) => responseCode >= 400 && responseCode < 500;

function refusals(errors: readonly SmtpError[] | undefined): RecipientResult[] {
  return (errors ?? []).map((error) => ({
    address: error.recipient ?? '',
    outcome: isTemporary(error.responseCode) ? 'temporary' : 'permanent',
    response: shortened(error.response || error.message),
  }));
}

function shortened(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 1000);
}
