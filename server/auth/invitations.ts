import type { SupabaseClient } from '@supabase/supabase-js';
import { AppError } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import * as invitations from '#server/domain/invitations.ts';
import { alone } from './alone.ts';
import { createAccount } from './home.ts';
import { spendToken } from './limits.ts';
import type { Session } from './session.ts';
import { userOf, type Visitor, welcome } from './sign-in.ts';

export type Invited = invitations.Invitation & {
  /**
   * `new`: sets a password. `signIn`: the address already has an account in use, which a link that an administrator can copy
   * must never open; its holder signs in first. `join`: he did. `other`: somebody else did.
   */
  step: 'new' | 'signIn' | 'join' | 'other';
};

export async function invited(token: string, session: Session | null): Promise<Invited | null> {
  const invitation = await invitations.byToken(token);
  if (!invitation) return null;
  const userId = await userOf(invitation.email);
  if (session && session.userId === userId) return { ...invitation, step: 'join' };
  if (session) return { ...invitation, step: 'other' };
  return { ...invitation, step: userId && (await isBound(userId)) ? 'signIn' : 'new' };
}

/** Binds the account that is signed in. @throws AppError('invitation.invalid') */
export async function join(token: string, session: Session): Promise<{ slug: string }> {
  const invitation = await invited(token, session);
  if (invitation?.step !== 'join') throw new AppError('invitation.invalid');
  await invitations.accept(invitation, session.userId);
  return invitation;
}

type Acceptance = { token: string; name: string; password: string };

/**
 * Makes the account anew and binds it. Whoever signed the address up before the invitation loses that account, with its
 * password, sessions and sign-ins elsewhere: only the mailbox proves whose address it is.
 * @throws AppError('invitation.invalid'), AppError('password.weak'), AppError('too.many')
 */
export async function accept(
  client: SupabaseClient,
  { token, name, password }: Acceptance,
  visitor: Visitor,
): Promise<{ slug: string }> {
  await spendToken(visitor.address);
  const found = await invitations.byToken(token);
  if (!found) throw new AppError('invitation.invalid');
  await alone(`account:${found.email}`, async () => {
    // Looked at again: the one who came first has used it up.
    const invitation = await invited(token, null);
    if (invitation?.step !== 'new') throw new AppError('invitation.invalid');
    await asSystem(null, ({ sql }) => sql`select private.drop_unbound_user(${invitation.email})`);
    const userId = await createAccount({ email: invitation.email, password });
    await invitations.accept({ ...invitation, name }, userId);
  });
  const { data, error } = await client.auth.signInWithPassword({ email: found.email, password });
  if (error) throw error;
  await welcome(data.session.access_token, visitor);
  return found;
}

async function isBound(userId: string): Promise<boolean> {
  const [row] = await asSystem(
    null,
    ({ sql }) => sql<{ bound: boolean }[]>`select private.user_is_bound(${userId}) as bound`,
  );
  return row?.bound ?? false;
}
