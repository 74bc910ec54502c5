import { setTimeout as pause } from 'node:timers/promises';
import type { SupabaseClient } from '@supabase/supabase-js';
import { AppError } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import { faultFrom } from '#server/database/fault.ts';
import { reportUnexpected } from '#server/log.ts';
import { authHome, changePassword } from './home.ts';
import { forgiveSignIn, spendLink, spendSignIn, spendToken } from './limits.ts';
import { confirmationAddress, queueSignInMail } from './mails.ts';
import { membersOf } from './membership.ts';
import type { Session } from './session.ts';
import { describeSession, endOtherSessions, endSession } from './sessions.ts';
import { verifyToken } from './tokens.ts';

/** Who stands at the door. */
export type Visitor = { address: string; userAgent: string };

// Whether an account exists must not be told by how long the answer takes; a check of a password takes about 100 ms.
const leastMs = 400;

/** @throws AppError('signIn.refused'), AppError('too.many') */
export async function signIn(
  client: SupabaseClient,
  { email, password }: { email: string; password: string },
  visitor: Visitor,
): Promise<Session> {
  await spendSignIn({ email, address: visitor.address });
  const late = pause(leastMs);
  const { data, error } = await client.auth.signInWithPassword({ email, password });
  if (error) {
    if (!isRefusal(error)) throw error;
    await late;
    throw new AppError('signIn.refused');
  }
  await forgiveSignIn({ email, address: visitor.address });
  return welcome(data.session.access_token, visitor);
}

/** Mails a link to sign in or to set a new password, if the address is a member's. Says nothing about whether it is. */
export async function mailLink(
  kind: 'magicLink' | 'passwordReset',
  { email, next }: { email: string; next: string | null },
  visitor: Visitor,
): Promise<void> {
  await spendLink({ email, address: visitor.address });
  await Promise.all([pause(leastMs), sendLink(kind, email, next)]);
}

async function sendLink(kind: 'magicLink' | 'passwordReset', email: string, next: string | null): Promise<void> {
  const userId = await userOf(email);
  const [member] = userId ? await membersOf(userId) : [];
  if (!member) return;
  const tokenHash = await authHome().link(email, kind === 'passwordReset' ? 'recovery' : 'magiclink');
  const link = confirmationAddress(tokenHash, kind, next);
  await queueSignInMail({ kind, to: email, name: member.name, language: member.language, link });
}

/** Uses a mailed link up. @throws AppError('link.invalid'), AppError('link.spent'), AppError('too.many') */
export async function confirmLink(
  client: SupabaseClient,
  { tokenHash, password }: { tokenHash: string; password: string | null },
  visitor: Visitor,
): Promise<Session> {
  await spendToken(visitor.address);
  const type = password === null ? 'magiclink' : 'recovery';
  const { data, error } = await client.auth.verifyOtp({ token_hash: tokenHash, type });
  if (error && !isRefusal(error)) throw error;
  if (!data.session) throw new AppError('link.invalid');
  const accessToken = data.session.access_token;
  const session = await welcome(accessToken, visitor);
  if (password !== null) await reset(session, { accessToken, password });
  return session;
}

/** To try again would find the link used up: what passes is told as what it means for whoever has only this link. */
async function reset(session: Session, { accessToken, password }: { accessToken: string; password: string }) {
  try {
    await changePassword({ userId: session.userId, accessToken, password });
    await endOtherSessions(session);
  } catch (error) {
    const fault = faultFrom(error);
    if (!fault) throw error;
    reportUnexpected(fault, { part: 'auth' });
    throw new AppError('link.spent');
  }
}

/** Revokes the session and clears the cookies. */
export async function signOut(client: SupabaseClient, session: Session | null): Promise<void> {
  const { error } = await client.auth.signOut({ scope: 'local' });
  if (session) await endSession(session);
  if (error && !isRefusal(error)) throw error;
}

export async function userOf(email: string): Promise<string | null> {
  const [row] = await asSystem(null, ({ sql }) => sql<{ id: string | null }[]>`select private.user_of(${email}) as id`);
  return row?.id ?? null;
}

/** Who comes this far is in, and his link or invitation is used up: trouble that passes must not turn him away any more. */
export async function welcome(accessToken: string, visitor: Visitor): Promise<Session> {
  const session = await verifyToken(accessToken, authHome().keys);
  if (!session) throw new Error('The auth home opened a session whose token is not one of its own.');
  try {
    await describeSession(session.sessionId, visitor);
  } catch (error) {
    // The list of his devices shows it without a name.
    const fault = faultFrom(error);
    if (!fault) throw error;
    reportUnexpected(fault, { part: 'auth' });
  }
  return session;
}

/** What the auth server says no to, as against what went wrong on the way. */
export function isRefusal(error: Error & { status?: number | undefined }): boolean {
  // A project has limits of its own, and sees all of us at one address.
  if (error.status === 429) throw new AppError('too.many', { retryAfterSeconds: 60 });
  const fault = faultFrom(error);
  if (fault) throw fault;
  return (
    error.name === 'AuthSessionMissingError' ||
    (error.status !== undefined && error.status >= 400 && error.status < 500)
  );
}
