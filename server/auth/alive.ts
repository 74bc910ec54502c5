import { asSystem } from '#server/database/actor.ts';
import type { Session } from './session.ts';

type Key = Pick<Session, 'sessionId' | 'userId'>;

/** Which of these sessions were neither signed out nor revoked, in one query for all sockets of a process. */
export async function aliveAmong(sessions: Key[]): Promise<Set<string>> {
  const rows = await asSystem(
    null,
    ({ sql }) => sql<{ sessionId: string }[]>`
      select s.session_id
      from unnest(
        ${sessions.map(({ sessionId }) => sessionId)}::uuid[],
        ${sessions.map(({ userId }) => userId)}::uuid[]
      ) as s (session_id, user_id)
      where private.session_is_alive(s.session_id, s.user_id)
    `,
    { readOnly: true },
  );
  return new Set(rows.map((row) => row.sessionId));
}
