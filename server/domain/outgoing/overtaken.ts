import { asSystem } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import { act as perform } from '../act.ts';
import { sendingMinutes } from './queue.ts';
import { tell, type Told } from './settle.ts';

/** What somebody may still learn of a mail whose fate is unknown, before it is looked into. */
export const unknownMinutes = 15;

type Overtaken = Told & { workspaceId: string | null; wasOffered: boolean };

/**
 * Ends what cannot go on, because its process died. Where the text had not begun to leave, the mail simply waits again. Else it may
 * have arrived: it is `unknown` until that is looked into (server/mail/unknown.ts).
 */
export async function endOvertaken(): Promise<void> {
  const overtaken = await asSystem(
    null,
    ({ sql }) => sql<Overtaken[]>`
    select o.id, o.workspace_id, o.ticket_id, o.ticket_message_id, o.offered_at is not null as was_offered
    from lotse.outgoing_mails o
    where o.state = 'sending' and (o.lease_until < now() or o.lease_until > ${tooLate(sql)})
    limit 100
  `,
  );
  for (const mail of overtaken) await end(mail);
}

/** Longer than any lease is given: the clock was put back since. */
function tooLate(sql: TransactionSql) {
  return sql`now() + make_interval(mins => ${2 * sendingMinutes})`;
}

async function end({ workspaceId, wasOffered, ...mail }: Overtaken): Promise<void> {
  const [state, response, waitMinutes] = wasOffered ? ['unknown', 'interrupted', unknownMinutes] : ['queued', '', 0];
  await perform({ kind: 'system', workspaceId }, async (act) => {
    const ended = await act.sql`
      update lotse.outgoing_mails
      set state = ${state}, response = ${response}, lease_until = null, next_attempt_at = now() + make_interval(mins => ${waitMinutes})
      where id = ${mail.id} and state = 'sending' and (offered_at is not null) = ${wasOffered}
        and (lease_until < now() or lease_until > ${tooLate(act.sql)})
      returning id
    `;
    if (ended.length > 0) tell(act, mail, state);
  });
}
