import { asSystem } from '#server/database/actor.ts';
import { act as perform } from '../act.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import { sendingMinutes, tell } from './queue.ts';

type Overtaken = {
  id: string;
  workspaceId: string | null;
  ticketId: string | null;
  ticketMessageId: string | null;
  was: 'queued' | 'sending';
};

/**
 * Ends what cannot go on. A mail whose ticket became internal does not leave. One that was being handed over when its
 * process died may have arrived: it becomes `unknown` and waits for a person, since a second copy cannot be taken back.
 */
export async function endOvertaken(): Promise<void> {
  const overtaken = await asSystem(
    null,
    ({ sql }) => sql<Overtaken[]>`
    select o.id, o.workspace_id, o.ticket_id, o.ticket_message_id, o.state as was
    from lotse.outgoing_mails o
    left join lotse.tickets t on t.id = o.ticket_id
    where (o.state = 'queued' and t.visibility = 'internal') or (o.state = 'sending' and (o.lease_until < now() or o.lease_until > ${tooLate(sql)}))
    limit 100
  `,
  );
  for (const mail of overtaken) await end(mail);
}

/** Longer than any lease is given: the clock was put back since. */
function tooLate(sql: TransactionSql) {
  return sql`now() + make_interval(mins => ${2 * sendingMinutes})`;
}

async function end(mail: Overtaken): Promise<void> {
  const [state, response] = mail.was === 'queued' ? ['cancelled', 'internal'] : ['unknown', 'interrupted'];
  await perform({ kind: 'system', workspaceId: mail.workspaceId }, async (act) => {
    const ended = await act.sql`
      update lotse.outgoing_mails set state = ${state}, response = ${response}, lease_until = null
      where id = ${mail.id} and state = ${mail.was} and (lease_until is null or lease_until < now() or lease_until > ${tooLate(act.sql)})
      returning id
    `;
    if (ended.length > 0) tell(act, mail, state);
  });
}
