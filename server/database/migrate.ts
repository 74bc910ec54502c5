import { createHmac } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { connect, type TransactionSql } from './pool.ts';

const ours = new URL('../../supabase/migrations/', import.meta.url);
/** As long as a statement of a running desk may take: who holds a table for longer is no process of ours that works. */
const lockTimeoutMs = 30_000;

/**
 * Brings the database behind the owner's `url` up to date and returns the address the server itself signs in with
 * (login `lotse_app`). Uses the Supabase CLI's own table, so `supabase db push` and this agree on what was applied.
 *
 * @param folder another set of migrations than ours
 */
export async function migrate(url: string, folder = ours): Promise<string> {
  const sql = connect(url, { connections: 1, name: 'lotse migrate' });
  try {
    await sql.begin(async (tx) => {
      await oneAtATime(tx);
      // Whoever waits for a table keeps all others from it who come later.
      await tx`select set_config('lock_timeout', ${String(lockTimeoutMs)}, true)`;
      await tx`create schema if not exists supabase_migrations`;
      await tx`
        create table if not exists supabase_migrations.schema_migrations (
          version text primary key,
          statements text[],
          name text
        )
      `;
      for (const migration of await pending(tx, folder)) {
        await tx.unsafe(migration.text);
        await tx`
          insert into supabase_migrations.schema_migrations (version, name, statements)
          values (${migration.version}, ${migration.name}, ${[migration.text]})
        `;
      }
    });
    // Apart from the migrations, since it touches what all databases of the server share.
    return await insist(() =>
      sql.begin(async (tx) => {
        await oneAtATime(tx);
        return letAppIn(tx, url);
      }),
    );
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/**
 * Two processes may start at once. PostgreSQL refuses the second of two who alter a role, instead of letting it wait.
 *
 * A desk with history takes minutes to rewrite, here or in the process that is waited for: no statement of this transaction
 * ends by the clock. The wait ends with the other's session, whatever becomes of it.
 */
async function oneAtATime(tx: TransactionSql): Promise<void> {
  await tx`set local statement_timeout = 0`;
  await tx`select pg_advisory_xact_lock(hashtextextended('lotse.migrate', 0))`;
}

const mostAttempts = 50;
const pauseMs = 100;

/** A desk in another database of the same server may start, too: its lock is not ours, and the role is the same. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const isCollision = error instanceof Error && /^tuple concurrently (updated|deleted)$/.test(error.message);
      if (!isCollision || attempt === mostAttempts) throw error;
      await setTimeout(Math.random() * pauseMs);
    }
  }
}

async function pending(sql: TransactionSql, folder: URL) {
  const applied = await sql<{ version: string }[]>`select version from supabase_migrations.schema_migrations`;
  const known = new Set(applied.map((row) => row.version));
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  const fresh = files.filter((file) => !known.has(file.slice(0, 14)));
  return Promise.all(
    fresh.map(async (file) => ({
      version: file.slice(0, 14),
      name: file.slice(15, -4),
      text: await readFile(new URL(file, folder), 'utf8'),
    })),
  );
}

/**
 * The app's password follows from the owner's, so that every process knows it and nothing has to be stored. A pooler's
 * tenant suffix (`postgres.project`) is kept.
 */
async function letAppIn(sql: TransactionSql, url: string): Promise<string> {
  const app = new URL(url);
  const user = decodeURIComponent(app.username);
  const tenant = user.includes('.') ? user.slice(user.indexOf('.')) : '';
  app.password = createHmac('sha256', decodeURIComponent(app.password) || url)
    .update('lotse_app')
    .digest('hex');
  app.username = `lotse_app${tenant}`;
  await sql.unsafe(`alter role lotse_app login noinherit password '${app.password}'`);
  const [row] = await sql<{ name: string }[]>`select quote_ident(current_database()) as name`;
  await sql.unsafe(`grant connect on database ${row?.name ?? ''} to lotse_app`);
  return app.toString();
}
