import { addMember, createCast, createTicket, run, type Cast, type Member } from '../support/cast.ts';
import type { TestDatabase } from '../support/database.ts';
import { signInAs, slugOf } from '../support/live.ts';

export type SoakDesk = {
  database: TestDatabase;
  cast: Cast;
  slug: string;
  people: { member: Member; cookies: string[] }[];
  tickets: string[];
};

/** More sockets than a person has would be turned away. */
const sessionsEach = 5;

type Size = { team: number; tickets: number };

/** A team and a board for it. */
export async function furnish(database: TestDatabase, { team, tickets }: Size): Promise<SoakDesk> {
  const cast = await createCast();
  const people: SoakDesk['people'] = [];
  for (let i = 0; i < team; i++) {
    const member = await addMember(cast.workspaceId, `Agent ${i + 1}`, 'member');
    await run(cast.ada, 'pool.setAccess', { pool: cast.heating, member: member.memberId, allowed: true });
    const sessions = Array.from({ length: sessionsEach }, () => signInAs(database, member));
    people.push({ member, cookies: (await Promise.all(sessions)).map(({ cookie }) => cookie) });
  }
  const made: string[] = [];
  for (let i = 0; i < tickets; i++) made.push(await createTicket(cast, { subject: `Fall ${i}` }));
  return { database, cast, slug: await slugOf(database, cast.workspaceId), people, tickets: made };
}

/** Leaves so many events, several at a time. */
export async function leaveEvents({ cast, tickets: all }: SoakDesk, count: number): Promise<void> {
  let left = count;
  const one = async () => {
    while (left-- > 0) {
      await run(cast.ada, 'ticket.change', { ticket: all[left % all.length] ?? '', kind: `Art ${left % 7}` });
    }
  };
  await Promise.all(Array.from({ length: 6 }, one));
}

export async function connectionsOf({ database: { owner } }: SoakDesk): Promise<number> {
  const [row] = await owner<{ count: number }[]>`
    select count(*)::int as count from pg_stat_activity where datname = current_database()
  `;
  return row?.count ?? 0;
}

/** One after the other; nothing of it makes the board larger or smaller. */
export const deeds: ((ticket: string) => { name: string; input: Record<string, unknown> })[] = [
  (ticket) => ({ name: 'ticket.claim', input: { ticket } }),
  (ticket) => ({
    name: 'message.post',
    input: { ticket, kind: 'comment', visibility: 'internal', html: '<p>Wort</p>' },
  }),
  (ticket) => ({ name: 'ticket.change', input: { ticket, priority: 'high' } }),
  (ticket) => ({ name: 'ticket.release', input: { ticket } }),
  (ticket) => ({ name: 'ticket.change', input: { ticket, priority: 'normal' } }),
  (ticket) => ({ name: 'ticket.read', input: { ticket, at: new Date().toISOString() } }),
  (ticket) => ({ name: 'message.post', input: { ticket, kind: 'message', visibility: 'public', html: '<p>Wort</p>' } }),
];
