import { config } from '#server/config.ts';
import type { Context, Part } from '#server/part.ts';
import { closeAuth, openAuth } from './home.ts';
import { isEmpty, setupKey } from './setup.ts';

/** Sign-in, after the database and before the pages. */
export async function startAuth({ ownerUrl }: Pick<Context, 'ownerUrl'>): Promise<Part> {
  await openAuth({ databaseUrl: ownerUrl, supabase: config().supabase });
  return { stop: closeAuth };
}

/** Where to begin on an empty database, for the one who reads the console; null once there is a workspace. */
export async function setupAddress(): Promise<string | null> {
  if (!(await isEmpty())) return null;
  return `${config().address}/setup?key=${await setupKey()}`;
}
