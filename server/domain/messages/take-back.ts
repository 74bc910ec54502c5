import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Act } from '../act.ts';

type Kept = { id: string; name: string; size: number; type: string };

/**
 * Gives a message back to its writer, words and files, while the customer is not shown it and none of its mails has begun to leave: for
 * everybody else it was never there.
 * Throws `message.left` when it is too late.
 */
export async function takeBack(
  act: Act,
  { message }: Command<'message.takeBack'>,
): Promise<{ html: string; files: Kept[] }> {
  const [said] = await act.sql<{ html: string; ticketId: string; isHeld: boolean }[]>`
    select body_html as html, ticket_id, coalesce(shown_at > clock_timestamp(), false) and not private.is_shown(shown_at) as is_held
    from lotse.messages
    where id = ${message} and withdrawn_at is null
  `;
  if (!said) throw new AppError('message.notFound');
  const [withdrawn] = await act.sql`
    update lotse.messages set withdrawn_at = now(), taken_back = true
    where id = ${message} and withdrawn_at is null
    returning id
  `;
  // Only who wrote it may.
  if (!withdrawn) throw new AppError('message.notFound');
  // From its moment on the customer may have read it, though its mail still waits for a server.
  if (!said.isHeld) throw new AppError('message.left');
  await cancelAll(act, message);
  const files = await act.system(
    (sql) => sql<Kept[]>`
    update lotse.files set message_id = null, visibility = 'internal'
    where message_id = ${message}
    returning id, name, size, mime as type
  `,
  );
  await waitAgain(act, said.ticketId);
  const data = { message, kind: 'message' as const, visibility: 'public' as const };
  act.record({ type: 'message.withdrawn', ticket: said.ticketId, data });
  return { html: said.html, files: [...files] };
}

/** All of its mails or none: from the server's "go on" (354) on it is too late. */
async function cancelAll(act: Act, message: string): Promise<void> {
  const states = await act.system(
    (sql) => sql<{ stays: boolean }[]>`
    with stopped as (
      update lotse.outgoing_mails
      set state = 'cancelled', response = 'taken back'
      where ticket_message_id = ${message} and attempts <= 1 and offered_at is null and state in ('queued', 'held', 'sending')
      returning id
    )
    select not exists (select from stopped s where s.id = o.id) as stays
    from lotse.outgoing_mails o
    where o.ticket_message_id = ${message}
  `,
  );
  if (states.length === 0 || states.some(({ stays }) => stays)) throw new AppError('message.left');
}

/** The customer waits again since his first words that nobody answered. */
async function waitAgain(act: Act, ticket: string): Promise<void> {
  await act.system(
    (sql) => sql`
    update lotse.tickets t
    set
      waiting_since = (
        select min(m.occurred_at) from lotse.messages m
        where m.ticket_id = t.id and m.author_contact_id is not null and m.machine = '' and m.occurred_at > coalesce(ours.last, '-infinity')
      ),
      first_answered_at = case when ours.last is not null then t.first_answered_at end
    from (
      select max(m.occurred_at) as last
      from lotse.messages m
      where m.ticket_id = ${ticket} and m.author_member_id is not null and m.visibility = 'public' and m.withdrawn_at is null
    ) ours
    where t.id = ${ticket}
  `,
  );
}
