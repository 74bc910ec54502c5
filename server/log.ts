import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
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

export const log = pino({
  level: config().logLevel,
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: { paths: personal.flatMap((key) => [key, `*.${key}`]), censor: '…' },
  serializers: { err: describeError },
});

export type Log = typeof log;

/**
 * For an error nobody expected: logged whole, with an id that the person is shown.
 * @param context ids and codes only, like `{ part: 'mail', ledgerId }`
 * @returns the id
 */
export function reportUnexpected(error: unknown, context: Record<string, unknown> = {}): string {
  const id = randomUUID().slice(0, 8);
  log.error({ ...context, id, err: error }, 'unexpected error');
  return id;
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
