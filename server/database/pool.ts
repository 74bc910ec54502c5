import postgres from 'postgres';
import { arrayTypes } from './arrays.ts';
import { Lane } from './lane.ts';

const types = {
  // Counters fit a double; times travel as ISO 8601 in UTC, in memory as on the wire.
  bigint: { to: 20, from: [20], parse: Number, serialize: String },
  timestamptz: {
    to: 1184,
    from: [1184],
    parse: (value: string) => new Date(value).toISOString(),
    serialize: (value: string | Date) => (typeof value === 'string' ? value : value.toISOString()),
  },
};

export type Sql = postgres.Sql<{ bigint: number; timestamptz: string }>;
export type TransactionSql = postgres.TransactionSql<{ bigint: number; timestamptz: string }>;

/** PostgreSQL ends a statement of ours that runs longer. */
export const longestStatementMs = 30_000;

export type ConnectOptions = {
  connections: number;
  name: string;
  /** How long a statement waits for what another transaction holds, before it is refused as `busy`. */
  lockTimeoutMs?: number;
};

/** Opens a pool. Column names arrive in camelCase; `undefined` is written as null. */
export function connect(url: string, { connections, name, lockTimeoutMs }: ConnectOptions): Sql {
  return postgres(url, {
    max: connections,
    types: { ...arrayTypes, ...types },
    fetch_types: false,
    transform: { undefined: null, column: { from: postgres.toCamel, to: postgres.fromCamel } },
    connect_timeout: 10,
    // By itself it waits up to 20 s after failures, and whoever asks meanwhile hears nothing for so long.
    backoff: () => 0.25 + Math.random() / 2,
    idle_timeout: 300,
    onnotice: () => undefined,
    connection: {
      application_name: name,
      statement_timeout: longestStatementMs,
      idle_in_transaction_session_timeout: 60_000,
      ...(lockTimeoutMs ? { lock_timeout: lockTimeoutMs } : {}),
    },
  });
}

type Database = {
  sql: Sql;
  lane: Lane;
  again(): Sql;
  ear?: Sql;
  aside(): Sql;
  side?: Sql;
  /** When PostgreSQL last answered anything, of a clock that cannot be set. */
  heardAt: number;
  /** Transactions that wait for a connection of this pool: they go on in the next one. */
  waiting: Set<() => void>;
};

// The web bundle carries its own copy of this file and runs in the same process: the pool hangs on the process, so that
// both share the connections that the configuration grants, and the lane of the writers.
const home: { [key: symbol]: Database | undefined } = globalThis;
const place = Symbol.for('lotse.database');

/** No write of ours holds a row for so long: whoever waits longer had better be told. */
const lockTimeoutMs = 10_000;

/** Makes the pool that every transaction of this process uses. Called once by server/index.ts, and by tests. */
export function open(url: string, options: ConnectOptions): Sql {
  const again = () => connect(url, { lockTimeoutMs, ...options });
  const aside = () => connect(url, { ...options, connections: 1 });
  const sql = again();
  home[place] = {
    sql,
    lane: laneOf(options.connections),
    again,
    aside,
    heardAt: performance.now(),
    waiting: new Set(),
  };
  return sql;
}

/** At the end of the process. */
const partingSeconds = 5;
/** Longer than PostgreSQL lets a statement run or a transaction rest: nothing healthy is cut off. */
const renewalSeconds = 60;

/**
 * A fresh pool in place of one that lost a connection while it was used: postgres.js may keep half a message for a line that
 * broke, and then fails on this line for minutes (3.4.9, connection.js, nextWriteTimer). What is under way may end, on
 * connections that are open beside the new ones until then; what waits for its turn is told to come here.
 * @param endSeconds how long what is under way may take
 */
export function renewPool(broken: Sql, endSeconds = renewalSeconds): void {
  const database = home[place];
  if (database?.sql !== broken) return;
  database.sql = database.again();
  // Its ends are told to whoever waits for them.
  broken.end({ timeout: endSeconds }).catch(() => undefined);
  const waiting = [...database.waiting];
  database.waiting.clear();
  for (const move of waiting) move();
}

/**
 * For whoever waits for a connection of the pool.
 * @param move called once, when another pool has taken its place
 * @returns how to wait no longer
 */
export function onRenewal(move: () => void): () => void {
  const { waiting } = opened();
  waiting.add(move);
  return () => void waiting.delete(move);
}

/** Half of the connections write at most; a quarter for one workspace, whose writers mostly wait for each other. */
function laneOf(connections: number): Lane {
  const width = Math.max(1, Math.floor(connections / 2));
  return new Lane({ width, perWorkspace: Math.ceil(width / 2), mostWaiting: 5_000, mostWaitMs: 20_000 });
}

function opened(): Database {
  const database = home[place];
  if (!database) throw new Error('The database was used before it was opened');
  return database;
}

/** PostgreSQL answered, be it to whoever ends his work while the process does. */
export function heard(): void {
  const database = home[place];
  if (database) database.heardAt = performance.now();
}

/** For how long it has answered nothing. */
export function silentMs(): number {
  return performance.now() - opened().heardAt;
}

/** Lines of their own to the same database, to be ended by whoever asked. */
export function anew(): Sql {
  return opened().again();
}

/** The open pool. Throws when nobody has opened it. */
export function pool(): Sql {
  return opened().sql;
}

/** One line beside the pool, for what cannot wait behind those it is about. */
export function beside(): Sql {
  const database = opened();
  return (database.side ??= database.aside());
}

/**
 * Hears what is notified, on one line for all who listen; it comes back by itself.
 * @param begun called each time it begins to hear: what was said before has to be looked up
 * @returns how to end
 */
export async function listen(
  channel: string,
  hear: (word: string) => void,
  begun?: () => void,
): Promise<() => Promise<void>> {
  const database = opened();
  database.ear ??= database.again();
  const { unlisten } = await database.ear.listen(channel, hear, begun);
  return unlisten;
}

/** Where writers of this process take turns. */
export function lane(): Lane {
  return opened().lane;
}

export async function close(): Promise<void> {
  const database = home[place];
  home[place] = undefined;
  await Promise.all([database?.sql, database?.ear, database?.side].map((sql) => sql?.end({ timeout: partingSeconds })));
}
