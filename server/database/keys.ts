import { randomBytes } from 'node:crypto';
import { asSystem } from './actor.ts';

const known = new Map<string, Promise<Buffer>>();

/** The installation's secret for one purpose, made at first use; it lives in the database, so that a backup is whole. */
export function secretFor(purpose: string): Promise<Buffer> {
  let secret = known.get(purpose);
  if (!secret) {
    secret = load(purpose).catch((error: unknown) => {
      known.delete(purpose);
      throw error;
    });
    known.set(purpose, secret);
  }
  return secret;
}

async function load(purpose: string): Promise<Buffer> {
  const [row] = await asSystem(null, async ({ sql }) => {
    await sql`
      insert into lotse.keys (purpose, secret) values (${purpose}, ${randomBytes(32)})
      on conflict (purpose) do nothing
    `;
    return sql<{ secret: Buffer }[]>`select secret from lotse.keys where purpose = ${purpose}`;
  });
  if (!row) throw new Error(`No key for ${purpose}`);
  return Buffer.from(row.secret);
}

/** For tests, which change databases. */
export function forgetKeys(): void {
  known.clear();
}
