import { asSystem } from '#server/database/actor.ts';
import { act as perform } from '../act.ts';
import { unknownMinutes } from './overtaken.ts';
import { tell } from './settle.ts';

/** A mail whose fate is unknown, a while after it was handed over. */
export type Unsure = {
  id: string;
  workspaceId: string | null;
  accountId: string | null;
  ticketId: string | null;
  ticketMessageId: string | null;
  messageId: string;
  /** A mail of this id lies in our ledger: somebody of ours got it, or the server keeps copies. */
  hasCopy: boolean;
};

/** What was unknown longer than this when nobody looked, a person decides. */
const mostHours = 48;

/** Takes some whose time has come; who looks into them and dies leaves them for the next round. */
export async function takeUnsure(): Promise<Unsure[]> {
  return asSystem(
    null,
    ({ sql }) => sql<Unsure[]>`
    with due as (
      select id
      from lotse.outgoing_mails
      where state = 'unknown'
        and repeated_at is null
        and offered_at > now() - make_interval(hours => ${mostHours})
        and next_attempt_at <= now()
      order by next_attempt_at
      limit 10
      for update skip locked
    )
    update lotse.outgoing_mails o
    set next_attempt_at = now() + make_interval(mins => ${unknownMinutes})
    from due
    where o.id = due.id
    returning
      o.id, o.workspace_id, o.account_id, o.ticket_id, o.ticket_message_id, o.message_id,
      exists (select from lotse.mails m where m.workspace_id = o.workspace_id and m.message_id = o.message_id) as has_copy
  `,
  );
}

/** `arrived`: a copy proves it. Else it is sent once more, with the same id and bytes; after that a person decides. */
export async function decideUnsure({ workspaceId, ...mail }: Unsure, arrived: boolean): Promise<void> {
  await perform({ kind: 'system', workspaceId }, async (act) => {
    const decided = arrived
      ? await act.sql`
          update lotse.outgoing_mails set state = 'sent', response = 'copy found', sent_at = coalesce(offered_at, now())
          where id = ${mail.id} and state = 'unknown'
          returning id
        `
      : await act.sql`
          update lotse.outgoing_mails set state = 'queued', repeated_at = now(), next_attempt_at = now()
          where id = ${mail.id} and state = 'unknown'
          returning id
        `;
    if (decided.length > 0) tell(act, mail, arrived ? 'sent' : 'queued');
  });
}
