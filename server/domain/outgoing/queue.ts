import type { Occasion } from '#lib/shared/templates.ts';
import { asSystem } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import { contextsOf, type Context } from './context.ts';
import { giveBack, turnsOf } from './rate.ts';
import { hasItsTurn } from './reception.ts';

export type Due = Context & {
  id: string;
  workspaceId: string | null;
  kind: Occasion | 'notice' | 'invitation' | 'check' | 'magicLink' | 'passwordReset';
  accountId: string | null;
  ticketId: string | null;
  contactId: string | null;
  ticketMessageId: string | null;
  consultationId: string | null;
  checkId: string | null;
  checkStep: 'first' | 'answer' | null;
  input: Record<string, unknown>;
  language: 'de' | 'en';
  toAddress: string;
  messageId: string;
  envelopeFrom: string;
  bytes: Uint8Array | null;
  attempts: number;
  delayedSince: string | null;
  repeatedAt: string | null;
};

/** A process that dies before the text of a mail leaves gives it back to the others after this long. */
const leaseMinutes = 5;
/** Longer than handing a text over may take (server/mail/hand-over.ts): only a dead process is overtaken. */
export const sendingMinutes = 20;
/** Longer than the longest wait between two tries (server/mail/tries.ts). */
const longestWaitMinutes = 5 * 60;

const nobody = '00000000-0000-0000-0000-000000000000';

type Room = {
  most: number;
  /** Accounts whose own server has enough to do; `relay` for all that go by the installation's. */
  busy?: readonly string[];
};

/**
 * Takes mails that are due, for this process alone, with all that it takes to write them but the letter itself. Of one ticket's
 * mails to one customer the earlier goes first, unless its server keeps it waiting.
 */
export async function take({ most, busy = [] }: Room): Promise<Due[]> {
  const full = busy.map((server) => (server === 'relay' ? nobody : server));
  return asSystem(null, async ({ sql }) => {
    // In the order of the index, until there are enough: a queue of thousands was read and sorted for each sixteen of them.
    const inOrder = sql`select set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)`;
    const taking = sql<Omit<Due, keyof Context>[]>`
      with due as (
        select o.id
        from lotse.outgoing_mails o
        left join lotse.mail_accounts a on a.id = o.account_id
        where o.state = 'queued'
          -- Later than any wait of ours: the clock was put back since.
          and (o.next_attempt_at <= now() or o.next_attempt_at > now() + make_interval(mins => ${longestWaitMinutes}))
          -- Whoever checks an account that rests wants to know now.
          and (o.kind = 'check' or a.smtp_rests_until is null or a.smtp_rests_until <= now())
          and case when a.smtp_host <> '' then a.id else ${nobody} end <> all (${full}::uuid[])
          and not exists (
            select from lotse.outgoing_mails e
            where e.workspace_id = o.workspace_id and e.ticket_id = o.ticket_id and e.contact_id = o.contact_id
              and e.created_at < o.created_at
              and (e.state = 'sending' or (e.state = 'queued' and e.attempts = 0))
          )
          ${hasItsTurn(sql)}
        order by o.next_attempt_at
        limit ${most}
        for update of o skip locked
      )
      update lotse.outgoing_mails o
      set state = 'sending', attempts = o.attempts + 1, offered_at = null, lease_until = now() + make_interval(mins => ${leaseMinutes})
      from due
      where o.id = due.id
      returning
        o.id, o.workspace_id, o.kind, o.account_id, o.ticket_id, o.contact_id, o.ticket_message_id, o.consultation_id, o.check_id,
        o.check_step, o.input, o.language, o.to_address, o.message_id, o.envelope_from, o.bytes, o.attempts, o.delayed_since, o.repeated_at
    `;
    // What follows cannot do without: PostgreSQL before 18 would take it for so dear that it compiled it each time.
    const asEver = sql`select set_config('enable_seqscan', 'on', true), set_config('enable_sort', 'on', true)`;
    const [, taken] = await Promise.all([inOrder.execute(), taking.execute(), asEver.execute()]);
    return taken.length === 0 ? [] : withContext(sql, taken);
  });
}

async function withContext(sql: TransactionSql, taken: Omit<Due, keyof Context>[]): Promise<Due[]> {
  const contexts = new Map((await contextsOf(sql, taken)).map((context) => [context.id, context]));
  const dues = taken.flatMap((due) => {
    const context = contexts.get(due.id);
    return context ? [{ ...due, ...context }] : [];
  });
  const turns = await turnsOf(sql, dues);
  await giveBack(
    sql,
    dues.filter(({ id }) => !turns.has(id)),
  );
  return dues.filter(({ id }) => turns.has(id));
}

export type Built = { id: string; bytes: Buffer; messageId: string; envelopeFrom: string; subject: string };

/** The bytes are built once and are what every attempt sends; what only the template needed is forgotten. */
export async function keepBytes(built: Built[]): Promise<void> {
  await asSystem(null, ({ sql }) =>
    Promise.all(
      built.map(
        ({ id, ...columns }) => sql`
          update lotse.outgoing_mails set ${sql({ ...columns, input: sql.json({}) })} where id = ${id} and bytes is null
        `,
      ),
    ),
  );
}

/**
 * From here on these may arrive: committed before the first byte of their text goes out. Those that are not among the answers must
 * not leave any more: somebody took them back, the ticket became internal, or another process has them.
 */
export async function offer(mails: Pick<Due, 'id' | 'attempts'>[]): Promise<Set<string>> {
  const offered = await asSystem(
    null,
    ({ sql }) => sql<{ id: string }[]>`
    update lotse.outgoing_mails o
    set offered_at = now(), lease_until = now() + make_interval(mins => ${sendingMinutes})
    from unnest(${mails.map(({ id }) => id)}::uuid[], ${mails.map(({ attempts }) => attempts)}::int[]) as m (id, attempts)
    where o.id = m.id
      and o.attempts = m.attempts
      and o.state = 'sending'
      and (o.ticket_id is null or o.kind = 'notice' or exists (select from lotse.tickets t where t.id = o.ticket_id and t.visibility = 'public'))
    returning o.id
  `,
  );
  return new Set(offered.map(({ id }) => id));
}
