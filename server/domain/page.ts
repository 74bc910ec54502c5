import { AppError } from '#lib/shared/errors.ts';
import { stages, type TicketPage } from '#lib/shared/page.ts';
import { statuses, type Status } from '#lib/shared/ticket.ts';
import type { Tx } from '#server/database/actor.ts';
import { conversation, filesOf } from './conversation.ts';

/**
 * The public page of a ticket, read as its link's holder: row-level security leaves out whatever is internal, so nothing
 * here needs to. Throws `link.invalid` when the ticket is no longer the customer's to see.
 */
export async function page(tx: Tx, ticketId: string): Promise<TicketPage> {
  const [ticket, workspace, me] = await Promise.all([ticketOf(tx, ticketId), workspaceOf(tx), meOf(tx)]);
  if (!ticket || !workspace || !me) throw new AppError('link.invalid');
  const [said, files, ledger] = await Promise.all([
    conversation(tx, ticketId),
    filesOf(tx, ticketId),
    ledgerOf(tx, ticketId),
  ]);
  const { status, ...rest } = ticket;
  return {
    seq: ledger.at(-1)?.seq ?? 0,
    workspace,
    ticket: { ...rest, stage: stages[status] },
    me,
    conversation: said,
    files: files.filter(({ message }) => message === null),
    steps: stepsIn(ledger, ticket.createdAt),
  };
}

type TicketRow = Omit<TicketPage['ticket'], 'stage'> & { status: Status };

async function ticketOf({ sql }: Tx, ticketId: string): Promise<TicketRow | undefined> {
  const [row] = await sql<TicketRow[]>`
    select t.id, t.number, t.subject, t.status, t.created_at, t.closed_at, m.name as responsible
    from lotse.tickets t
    left join lotse.members m on m.id = t.responsible_member_id
    where t.id = ${ticketId}
  `;
  return row;
}

async function workspaceOf({ sql }: Tx): Promise<TicketPage['workspace'] | undefined> {
  const [row] = await sql<TicketPage['workspace'][]>`select name, accent, language from lotse.workspaces`;
  return row;
}

async function meOf({ sql }: Tx): Promise<TicketPage['me'] | undefined> {
  const [row] = await sql<TicketPage['me'][]>`
    select id, name from lotse.contacts where id = private.customer()
  `;
  return row;
}

type Entry = { seq: number; at: string; type: string; status: string | null };

/** The customer's own ledger of this ticket: it carries no more than he may know. */
function ledgerOf({ sql }: Tx, ticketId: string): Promise<Entry[]> {
  return sql<Entry[]>`
    select e.customer_seq as seq, e.created_at as at, e.type, e.payload -> 'data' ->> 'status' as status
    from lotse.events e
    where e.ticket_id = ${ticketId} and e.class = 'customer'
    order by e.customer_seq
    limit 5000
  `;
}

function stepsIn(ledger: Entry[], createdAt: string): TicketPage['steps'] {
  const steps: TicketPage['steps'] = [{ at: createdAt, stage: 'received' }];
  for (const { at, type, status } of ledger) {
    const known = statuses.find((each) => each === (type === 'ticket.closed' ? 'closed' : status));
    if (known && stages[known] !== steps.at(-1)?.stage) steps.push({ at, stage: stages[known] });
  }
  return steps;
}
