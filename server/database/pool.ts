import postgres from 'postgres';

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

export type ConnectOptions = { connections: number; name: string };

/** Opens a pool. Column names arrive in camelCase; `undefined` is written as null. */
export function connect(url: string, { connections, name }: ConnectOptions): Sql {
  return postgres(url, {
    max: connections,
    types,
    transform: { undefined: null, column: { from: postgres.toCamel, to: postgres.fromCamel } },
    connect_timeout: 10,
    idle_timeout: 300,
    onnotice: () => undefined,
    connection: { application_name: name, statement_timeout: 30_000, idle_in_transaction_session_timeout: 60_000 },
  });
}

// The web bundle carries its own copy of this file and runs in the same process: the pool hangs on the process, so
// that both share the connections that the configuration grants.
const home: { [key: symbol]: Sql | undefined } = globalThis;
const place = Symbol.for('lotse.database');

/** Makes the pool that every transaction of this process uses. Called once by server/index.ts, and by tests. */
export function open(url: string, options: ConnectOptions): Sql {
  home[place] = connect(url, options);
  return home[place];
}

/** The open pool. Throws when nobody has opened it. */
export function pool(): Sql {
  const sql = home[place];
  if (!sql) throw new Error('The database was used before it was opened');
  return sql;
}

export async function close(): Promise<void> {
  const sql = home[place];
  home[place] = undefined;
  await sql?.end({ timeout: 5 });
}
