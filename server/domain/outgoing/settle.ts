import { act as perform, type Act } from '../act.ts';
import * as checks from '../checks/sending.ts';
import type { Tried } from '../checks/sending.ts';
import type { Due } from './queue.ts';

export type Outcome = {
  state: 'queued' | 'sent' | 'failed' | 'unknown' | 'held' | 'cancelled';
  response: string;
  /** For `queued` and `unknown`: when to look again, by the database's clock. */
  retryInSeconds?: number;
  /** The account was not let in: that was no try of the mail's. */
  isNoTry?: boolean;
  /** What kept a check's mail from leaving. */
  trouble?: Tried['trouble'];
};

export type Settled = { due: Pick<Due, 'id' | 'workspaceId' | 'attempts'>; outcome: Outcome };

type Row = Told & { state: string; checkId: string | null; checkStep: Tried['step'] | null };

/** Records how the mails of one workspace ended, and tells the tickets' screens. What somebody decided meanwhile stands. */
export async function settle(workspaceId: string | null, settled: Settled[]): Promise<void> {
  await perform({ kind: 'system', workspaceId }, async (act) => {
    const rows = settled.map(({ due, outcome }) => ({
      id: due.id,
      attempts: due.attempts,
      state: outcome.state,
      response: outcome.response.slice(0, 1000),
      wait: outcome.retryInSeconds ?? null,
      tries: outcome.isNoTry ? due.attempts - 1 : due.attempts,
    }));
    const ended = await act.sql<Row[]>`
      update lotse.outgoing_mails o
      set
        state = s.state,
        response = s.response,
        attempts = s.tries,
        lease_until = null,
        next_attempt_at = coalesce(now() + make_interval(secs => s.wait), o.next_attempt_at),
        delayed_since = case when s.state = 'queued' then coalesce(o.delayed_since, now()) else o.delayed_since end,
        sent_at = case when s.state = 'sent' then now() else o.sent_at end
      from jsonb_to_recordset(${act.sql.json(rows)}) as s (id uuid, attempts int, state text, response text, wait float8, tries int)
      where o.id = s.id and o.attempts = s.attempts and o.state in ('sending', 'unknown')
      returning o.id, o.ticket_id, o.ticket_message_id, o.state, o.check_id, o.check_step
    `;
    for (const { state, checkId, checkStep: step, ...mail } of ended) {
      tell(act, mail, state);
      const outcome = settled.find(({ due }) => due.id === mail.id)?.outcome;
      if (checkId && step && outcome)
        await checks.sent(act, checkId, { step, state, response: outcome.response, trouble: outcome.trouble ?? null });
    }
  });
}

export type Told = { id: string; ticketId: string | null; ticketMessageId: string | null };

export function tell(act: Act, { id, ticketId, ticketMessageId }: Told, state: string): void {
  if (!ticketId) return;
  act.record({ type: 'mail.changed', ticket: ticketId, data: { mail: id, message: ticketMessageId, state } });
}
