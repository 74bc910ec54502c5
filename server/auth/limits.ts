import { asSystem } from '#server/database/actor.ts';
import * as attempts from '#server/domain/attempts.ts';

const minute = 60;
const hour = 60 * minute;

type Visitor = { email: string; address: string };

/**
 * Counted before the password is looked at, so that a hundred guesses at once are a hundred. The third limit meets guesses from
 * many addresses; the link by mail stays open then.
 */
export async function spendSignIn({ email, address }: Visitor): Promise<void> {
  await spend({ key: `signIn:address:${attempts.network(address)}`, limit: 50, windowSeconds: hour });
  await spend({ key: pairKey({ email, address }), limit: 10, windowSeconds: 15 * minute });
  await spend({ key: `signIn:account:${email}`, limit: 100, windowSeconds: hour });
}

export async function forgiveSignIn(visitor: Visitor): Promise<void> {
  await asSystem(null, ({ sql }) => attempts.forget(sql, pairKey(visitor)));
}

/** Mails somebody can have sent to an address: few, or the button is a weapon against a mailbox. */
export async function spendLink({ email, address }: Visitor): Promise<void> {
  await spend({ key: `link:address:${attempts.network(address)}`, limit: 30, windowSeconds: hour });
  await spend({ key: `link:account:${email}`, limit: 5, windowSeconds: hour });
}

/** Tries of one-time tokens: links of sign-in mails, invitations, the key of the set-up page. */
export async function spendToken(address: string): Promise<void> {
  await spend({ key: `token:${attempts.network(address)}`, limit: 50, windowSeconds: hour });
}

/** A session that ended goes on asking with its old cookie in every tab and script that has it. */
export async function spendRefresh(sessionId: string): Promise<void> {
  await spend({ key: refreshKey(sessionId), limit: 100, windowSeconds: 10 * minute });
}

export async function forgiveRefresh(sessionId: string): Promise<void> {
  await asSystem(null, ({ sql }) => attempts.forget(sql, refreshKey(sessionId)));
}

/** The own password asked for again inside. */
export async function spendPassword(userId: string): Promise<void> {
  await spend({ key: `password:${userId}`, limit: 10, windowSeconds: 15 * minute });
}

function spend(limit: attempts.Limit): Promise<void> {
  return asSystem(null, ({ sql }) => attempts.spend(sql, limit));
}

function pairKey({ email, address }: Visitor): string {
  return `signIn:pair:${email} ${attempts.network(address)}`;
}

const refreshKey = (sessionId: string) => `refresh:${sessionId}`;
