import { createClient } from '@supabase/supabase-js';
import { AppError } from '#lib/shared/errors.ts';
import { authHome, changePassword as changeAtHome } from './home.ts';
import { spendPassword } from './limits.ts';
import type { Session } from './session.ts';
import { isRefusal } from './sign-in.ts';
import { endOtherSessions } from './sessions.ts';

type Change = { current: string; password: string };

/**
 * Asks for the current password, so that an unlocked screen is not enough, and signs out everywhere else.
 * @throws AppError('password.wrong'), AppError('password.weak'), AppError('too.many')
 */
export async function changePassword(session: Session, { current, password }: Change): Promise<void> {
  await spendPassword(session.userId);
  const home = authHome();
  const { auth } = createClient(home.url, home.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: home.fetch },
  });
  const { data, error } = await auth.signInWithPassword({ email: session.email, password: current });
  if (error && !isRefusal(error)) throw error;
  // The address in a token may be of yesterday; the account is what counts.
  if (error || data.user.id !== session.userId) throw new AppError('password.wrong');
  await changeAtHome({ userId: session.userId, accessToken: data.session.access_token, password });
  // Ends the session of the check as well.
  await endOtherSessions(session);
}
