import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SupabaseClient } from '@supabase/supabase-js';
import { AppError } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import { refusalFrom } from '#server/database/refusal.ts';
import { secretFor } from '#server/database/keys.ts';
import { found, type Founding } from '#server/domain/workspaces.ts';
import { alone } from './alone.ts';
import { createAccount } from './home.ts';
import { spendToken } from './limits.ts';
import { welcome, type Visitor } from './sign-in.ts';

let wasFounded = false;

/** No workspace yet: the address leads to the set-up page. */
export async function isEmpty(): Promise<boolean> {
  if (wasFounded) return false;
  const [row] = await asSystem(
    null,
    ({ sql }) => sql<{ founded: boolean }[]>`
    select exists (select from lotse.workspaces) as founded
  `,
  );
  wasFounded = row?.founded ?? false;
  return !wasFounded;
}

/**
 * Printed by server/index.ts with the address of the set-up page: whoever finds an empty installation first must not own it,
 * only who can read where it was started.
 */
export async function setupKey(): Promise<string> {
  const secret = await secretFor('setup');
  return createHmac('sha256', secret).update('set-up key').digest('base64url').slice(0, 16);
}

export type Setup = {
  key: string;
  workspace: Founding['workspace'];
  administrator: { name: string; email: string; password: string };
};

/** @throws AppError('setup.key'), AppError('setup.done'), AppError('password.weak'), AppError('slug.invalid') */
export async function setUp(
  client: SupabaseClient,
  { key, workspace, administrator }: Setup,
  visitor: Visitor,
): Promise<void> {
  await spendToken(visitor.address);
  const { name, email, password } = administrator;
  if (!isSame(key, await setupKey())) throw new AppError('setup.key');
  await alone('set-up', async () => {
    if (!(await isEmpty())) throw new AppError('setup.done');
    await asSystem(null, ({ sql }) => sql`select private.drop_unbound_user(${email})`);
    const userId = await createAccount({ email, password });
    await found({ workspace, administrator: { userId, name, email, language: workspace.language } }).catch(refuseSlug);
  });
  const { data, error } = await client.auth.signInWithPassword({ email, password });
  if (error) throw error;
  await welcome(data.session.access_token, visitor);
}

/** The slug is the one thing that the database alone can judge: some are the names of routes. */
function refuseSlug(error: unknown): never {
  const refusal = refusalFrom(error);
  throw refusal instanceof AppError && refusal.code === 'bad.input' ? new AppError('slug.invalid') : refusal;
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given.trim()), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
