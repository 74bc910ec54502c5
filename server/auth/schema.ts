import { connect } from '#server/database/pool.ts';
import { PlainError } from '#server/plain.ts';

/**
 * The tables of the App inside the process, made by the owner after the migrations. Never in a Supabase project: there they
 * belong to the project.
 * @throws where the schema auth is somebody else's
 */
export async function ensureAuthSchema(ownerUrl: string): Promise<void> {
  const { getAuthSchemaSql } = await import('./lite-package.ts');
  const owner = connect(ownerUrl, { connections: 1, name: 'lotse auth schema' });
  try {
    await owner.begin(async (sql) => {
      // Two processes that start at once would trip over each other's `create table if not exists`.
      await sql`select pg_advisory_xact_lock(hashtextextended('lotse.auth', 0))`;
      const [found] = await sql<{ owner: string }[]>`
        select pg_get_userbyid(nspowner) as owner from pg_namespace where nspname = 'auth'
      `;
      if (found && found.owner !== 'lotse_auth') throw new PlainError(foreignSchema);
      if (!found) await sql`create schema auth authorization lotse_auth`;
      await sql`set local role lotse_auth`;
      // `create schema if not exists` asks for a right on the database even where the schema exists.
      await sql.unsafe(getAuthSchemaSql().replace(/create schema[^;]*;/i, ''));
    });
  } finally {
    await owner.end({ timeout: 5 });
  }
}

const foreignSchema =
  'This database already has a schema "auth" of somebody else. If it is a Supabase project, set SUPABASE_URL and its keys too.';
