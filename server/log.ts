import { randomUUID } from 'node:crypto';
import { destination, pino } from 'pino';
import { Fault } from '#lib/shared/faults.ts';
import { config } from './config.ts';

/*
 * Structured lines for operators. They hold ids, codes, counts and times, never what people wrote or who they are: the
 * paths below are blanked should one slip in, and a database error keeps its code but loses the row it quotes.
 */

const personal = [
  'address',
  'body',
  'email',
  'from',
  'name',
  'password',
  'subject',
  'text',
  'to',
  'token',
  'url',
  'cookie',
];

/** What cannot be written down is forgotten: a full disk under the log must not end the desk. */
const out = destination({ dest: 1, sync: true, maxLength: 1_000_000 });
out.on('error', () => undefined);

export const log = pino(
  {
    level: config().logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: personal.flatMap((key) => [key, `*.${key}`]), censor: '…' },
    serializers: { err: describeError },
  },
  out,
);

export type Log = typeof log;

/**
 * For an error nobody expected: logged whole, with an id that the person is shown. Trouble that passes is one line, and no
 * more than one in ten seconds of each kind: a thousand screens ask again while it lasts.
 * @param context ids and codes only, like `{ part: 'mail', ledgerId }`
 * @returns the id
 */
export function reportUnexpected(error: unknown, context: Record<string, unknown> = {}): string {
  const id = randomUUID().slice(0, 8);
  if (error instanceof Fault) {
    if (isNews(error.code)) log.warn({ ...context, id, fault: error.code, err: error.cause ?? error }, 'not just now');
    return id;
  }
  log.error({ ...context, id, err: error }, 'unexpected error');
  return id;
}

const pauseMs = 10_000;
const toldAt = new Map<string, number>();

function isNews(code: string): boolean {
  const now = performance.now();
  if (now - (toldAt.get(code) ?? -Infinity) < pauseMs) return false;
  toldAt.set(code, now);
  return true;
}

type Described = {
  type: string;
  message?: string;
  code?: string;
  constraint?: string;
  stack?: string;
  cause?: Described;
};

/** Database errors quote rows ("Key (address)=(…) already exists"), so of those only the code and the place are kept. */
export function describeError(error: unknown): Described {
  if (!(error instanceof Error)) return { type: typeof error };
  const described: Described = { type: error.name };
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  described.stack = frames.slice(0, 8).join('\n');
  if ('code' in error && typeof error.code === 'string') described.code = error.code;
  if ('constraint_name' in error && typeof error.constraint_name === 'string')
    described.constraint = error.constraint_name;
  if (error.name !== 'PostgresError') described.message = error.message;
  if (error.cause !== undefined) described.cause = describeError(error.cause);
  return described;
}
