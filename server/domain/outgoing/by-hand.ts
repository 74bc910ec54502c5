import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Act } from '../act.ts';
import { tell, type Told } from './settle.ts';

// What a person decides about a mail that waits or went wrong. Whoever may write on its ticket may; without a ticket, administrators.

/** Sends again what failed, was held or whose fate is unknown; what a server keeps waiting is tried at once. */
export async function retry(act: Act, { outgoing }: Command<'outgoing.retry'>) {
  const mail = await reached(act, outgoing);
  const moved = await act.system(
    (sql) => sql<{ id: string }[]>`
    update lotse.outgoing_mails
    set
      state = 'queued', next_attempt_at = now(), noted_at = null,
      attempts = case when state = 'queued' then attempts else 0 end,
      response = case when state = 'queued' then response else '' end,
      delayed_since = case when state = 'queued' then delayed_since end,
      repeated_at = case when state = 'queued' then repeated_at end
    where id = ${outgoing}
      -- What has not been tried yet waits for its moment, in which it can be taken back.
      and (state in ('failed', 'unknown', 'held', 'bounced') or (state = 'queued' and attempts > 0))
    returning id
  `,
  );
  if (moved.length === 0) throw new AppError('outgoing.notFound');
  tell(act, mail, 'queued');
}

/** It does not leave: as long as its text has not begun to. The message stays, and says so. */
export async function cancel(act: Act, { outgoing }: Command<'outgoing.cancel'>) {
  const mail = await reached(act, outgoing);
  const stopped = await act.system(
    (sql) => sql`
    update lotse.outgoing_mails
    set state = 'cancelled', response = 'by hand', lease_until = null
    where id = ${outgoing} and (state in ('queued', 'held') or (state = 'sending' and offered_at is null))
    returning id
  `,
  );
  if (stopped.length === 0) throw new AppError('message.left');
  tell(act, mail, 'cancelled');
}

/** Seen: nobody is asked about it any more. On its message it says what became of it, as before. */
export async function note(act: Act, { outgoing }: Command<'outgoing.note'>) {
  const mail = await reached(act, outgoing);
  const [noted] = await act.system(
    (sql) => sql<{ state: string }[]>`
    update lotse.outgoing_mails set noted_at = coalesce(noted_at, now())
    where id = ${outgoing} and state in ('failed', 'unknown', 'bounced')
    returning state
  `,
  );
  if (!noted) throw new AppError('outgoing.notFound');
  tell(act, mail, noted.state);
}

async function reached({ sql }: Act, outgoing: string): Promise<Told> {
  const [seen] = await sql<Told[]>`
    select id, ticket_id, ticket_message_id
    from lotse.outgoing_mails
    where id = ${outgoing} and (ticket_id is null or private.may_work(ticket_id))
  `;
  if (!seen) throw new AppError('outgoing.notFound');
  return seen;
}
