import { AppError } from '#lib/shared/errors.ts';
import { secretFor } from '#server/database/keys.ts';
import { ensureAuthSchema } from './schema.ts';
import type { VerifyingKeys } from './tokens.ts';

export type LinkKind = 'magiclink' | 'recovery';

/** Where accounts live: a Supabase project, or the App inside this process. Both answer the same few questions. */
export type AuthHome = {
  url: string;
  publishableKey: string;
  fetch: typeof globalThis.fetch;
  keys: VerifyingKeys;
  /** A one-time token hash for a link that we mail ourselves. The account must exist. */
  link(email: string, kind: LinkKind): Promise<string>;
  /** A new account with a confirmed address; its id. Throws weakPassword(). */
  createAccount(account: { email: string; password: string }): Promise<string>;
  /** Throws weakPassword() where the home has stricter rules than ours. */
  changePassword(account: { userId: string; accessToken: string; password: string }): Promise<void>;
  close(): Promise<void>;
};

type Options = {
  /** The owner's address, not the app's. */
  databaseUrl: string;
  supabase: { url: string; publishableKey: string; secretKey: string } | null;
};

// The web bundle carries its own copy of this file and runs in the same process; both use the one home that hangs on it.
const shared: { [key: symbol]: AuthHome | undefined } = globalThis;
const place = Symbol.for('lotse.auth');

/** Called once by server/index.ts after the migrations and the pool, and by tests. */
export async function openAuth({ databaseUrl, supabase }: Options): Promise<AuthHome> {
  shared[place] = supabase ? await project(supabase) : await lite(databaseUrl);
  return shared[place];
}

export function authHome(): AuthHome {
  const home = shared[place];
  if (!home) throw new Error('Sign-in was used before it was opened');
  return home;
}

export async function closeAuth(): Promise<void> {
  const home = shared[place];
  shared[place] = undefined;
  await home?.close();
}

const weak = 'WEAK_PASSWORD';

/** How a home refuses a password: a plain error with a code, since the caller may be of the other copy, with classes of its own. */
export function weakPassword(): Error {
  return Object.assign(new Error('The password is too weak'), { code: weak });
}

/** @throws AppError('password.weak') */
export function createAccount(account: Parameters<AuthHome['createAccount']>[0]): Promise<string> {
  return refusing(authHome().createAccount(account));
}

/** @throws AppError('password.weak') */
export function changePassword(change: Parameters<AuthHome['changePassword']>[0]): Promise<void> {
  return refusing(authHome().changePassword(change));
}

async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === weak ? new AppError('password.weak') : error;
  }
}

// Each is loaded only where it is used: the App alone is half a megabyte of code.
async function project(supabase: NonNullable<Options['supabase']>): Promise<AuthHome> {
  const { openProject } = await import('./project.ts');
  return openProject(supabase);
}

async function lite(databaseUrl: string): Promise<AuthHome> {
  await ensureAuthSchema(databaseUrl);
  const { openLite } = await import('./lite.ts');
  return openLite({ databaseUrl, secret: (await secretFor('auth')).toString('base64url') });
}
