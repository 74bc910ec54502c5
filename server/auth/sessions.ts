import { asSystem } from '#server/database/actor.ts';
import type { Session } from './session.ts';

export type Device = { id: string; startedAt: string; usedAt: string; userAgent: string; address: string };

export function sessionsOf(userId: string): Promise<Device[]> {
  return asSystem(
    null,
    ({ sql }) => sql<Device[]>`
    select id, started_at, used_at, user_agent, address
    from private.sessions_of(${userId})
  `,
  );
}

/** What the person will recognise the session by in the list. */
export async function describeSession(
  sessionId: string,
  device: { userAgent: string; address: string },
): Promise<void> {
  await asSystem(
    null,
    ({ sql }) => sql`
    select private.describe_session(${sessionId}, ${device.userAgent}, ${device.address})
  `,
  );
}

export async function endSession({ sessionId, userId }: Pick<Session, 'sessionId' | 'userId'>): Promise<void> {
  await asSystem(null, ({ sql }) => sql`select private.end_session(${sessionId}, ${userId})`);
}

/** Signs the person out everywhere but here. */
export async function endOtherSessions({ sessionId, userId }: Pick<Session, 'sessionId' | 'userId'>): Promise<void> {
  await asSystem(null, ({ sql }) => sql`select private.end_sessions(${userId}, ${sessionId})`);
}
