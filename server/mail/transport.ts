import { createTransport } from 'nodemailer';
import { smtpLog } from './smtp-log.ts';

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

export type RecipientResult = { address: string; outcome: 'sent' | 'temporary' | 'permanent'; response: string };

/**
 * How one try ended. `unknown`: the server had asked for the text (354) and never said whether it took it; sending
 * again could double it. `auth`: the account is refused, not the mail. All but `sent` carry the server's words.
 */
export type SendResult = {
  outcome: 'sent' | 'temporary' | 'permanent' | 'auth' | 'unknown';
  response: string;
  recipients: RecipientResult[];
};

/** Each step has its own limit, and the whole one that covers a 40 MB mail on a slow line. */
const limits = { dnsTimeout: 10_000, connectionTimeout: 30_000, greetingTimeout: 30_000, socketTimeout: 120_000 };
const wholeMs = 15 * 60_000;

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

export type Parcel = { bytes: Buffer; envelope: { from: string; to: string[] } };

/** One connection, one try, stored bytes. Never throws for what a server or a network does. */
export async function sendMail(server: SmtpServer, { bytes, envelope }: Parcel): Promise<SendResult> {
  const bad = envelope.to.find((address) => !/^[^\s<>\p{Cc}]{1,256}@[^\s<>\p{Cc}]{1,255}$/u.test(address));
  if (bad !== undefined || envelope.to.length === 0) return refusedHere(envelope.to);
  const { logger, wasAskedForText } = smtpLog();
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    ...(server.user ? { auth: { user: server.user, pass: server.password } } : {}),
    ...(server.name ? { name: server.name } : {}),
    tls: { rejectUnauthorized: server.rejectUnauthorized ?? true },
    ...limits,
    logger,
    transactionLog: true,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const sent = await transport.sendMail({ envelope, raw: bytes, signal: AbortSignal.timeout(wholeMs) });
    const refused = refusals(sent.rejectedErrors);
    const taken = envelope.to.filter((address) => !refused.some((result) => result.address === address));
    const recipients = taken.map((address) => ({
      address,
      outcome: 'sent' as const,
      response: shortened(sent.response),
    }));
    return { outcome: 'sent', response: shortened(sent.response), recipients: [...recipients, ...refused] };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return failure(error, { asked: wasAskedForText(), to: envelope.to });
  } finally {
    transport.close();
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

type SmtpError = Error & {
  code?: string;
  command?: string;
  responseCode?: number;
  response?: string;
  recipient?: string;
  rejectedErrors?: SmtpError[];
};

function failure(error: SmtpError, { asked, to }: { asked: boolean; to: string[] }): SendResult {
  const outcome = outcomeOf(error, asked);
  const response = shortened(error.response || error.message);
  const refused = refusals(error.rejectedErrors);
  const known =
    outcome === 'permanent' || outcome === 'temporary' ? to.map((address) => ({ address, outcome, response })) : [];
  return { outcome, response, recipients: refused.length > 0 ? refused : known };
}

function outcomeOf(
  { code, command, responseCode = 0, rejectedErrors }: SmtpError,
  asked: boolean,
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
  if (asked) return 'unknown';
  // Refused before it left: an address or size that no try can mend.
  return code === 'EENVELOPE' || code === 'EMESSAGE' ? 'permanent' : 'temporary';
}

const isTemporary = (responseCode = 0) => responseCode >= 400 && responseCode < 500;

function refusals(errors: readonly Error[] | undefined): RecipientResult[] {
  return (errors ?? []).map((error: SmtpError) => ({
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
