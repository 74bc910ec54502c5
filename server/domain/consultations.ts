import { randomUUID } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { isEnded } from '#lib/shared/ticket.ts';
import type { Act } from './act.ts';
import { byAddress } from './contacts/by-address.ts';
import { post } from './messages.ts';
import { stateOf } from './tickets/state.ts';

export { consultationOf, markAnswered, type Consultation } from './consultations/answers.ts';
export { consultationLetter } from './consultations/letter.ts';

/**
 * Asks people outside the team for a statement, or gives them the ticket's content for information. What was asked is kept as
 * an internal comment; each gets a mail of his own, without any link to the ticket.
 */
export async function consult(act: Act, input: Command<'ticket.consult'>) {
  const { ticket, kind, to, html, files } = input;
  if (act.actor.kind !== 'member') throw new AppError('forbidden');
  const state = await stateOf(act, ticket);
  if (state.visibility === 'internal') throw new AppError('ticket.isInternal');
  if (kind === 'statement' && isEnded(state.status)) throw new AppError('ticket.closed');
  await demandFiles(act, ticket, files);
  const said = { ticket, kind: 'comment' as const, visibility: 'internal' as const, html, files: [] };
  const { message } = await post(act, { ...said, occasion: 'message', defer: false, history: false }, { logs: kind });
  for (const address of new Set(to)) await write(act, { ...input, address, message, member: act.actor.memberId });
  return { message };
}

/** Whatever goes along was on this ticket and in sight of who sends it. */
async function demandFiles({ sql }: Act, ticket: string, files: string[]): Promise<void> {
  if (files.length === 0) return;
  const found = await sql`select from lotse.files where ticket_id = ${ticket} and id = any (${files}::uuid[])`;
  if (found.length < new Set(files).size) throw new AppError('file.notFound');
}

type Writing = Command<'ticket.consult'> & { address: string; message: string; member: string };

async function write(act: Act, { ticket, kind, address, message, member, ...input }: Writing): Promise<void> {
  const { workspaceId } = act.actor;
  const contact = await personAt(act, address);
  const consultation = randomUUID();
  const row = {
    id: consultation,
    workspaceId,
    ticketId: ticket,
    contactId: contact,
    kind,
    messageId: message,
    answers: input.answers,
    history: input.history,
    fileIds: input.files,
    askedByMemberId: member,
  };
  await act.sql`insert into lotse.consultations ${act.sql(row)}`;
  const [queued] = await act.system(
    (sql) => sql<{ id: string }[]>`
    insert into lotse.outgoing_mails (workspace_id, kind, account_id, ticket_id, contact_id, consultation_id, language, to_address)
    select ${workspaceId}, ${kind}, private.account_of(${ticket}), ${ticket}, c.id, ${consultation}, c.language, ${address}
    from lotse.contacts c
    where c.id = ${contact}
    returning id
  `,
  );
  act.record({ type: 'ticket.consulted', ticket, data: { contact, kind } });
  if (queued) act.record({ type: 'mail.queued', ticket, data: { mail: queued.id, message, state: 'queued' } });
}

/** A mail to ourselves would come back as one. */
async function personAt(act: Act, address: string): Promise<string> {
  return act.system(async (sql) => {
    const own = await sql`select from lotse.mail_accounts where address = ${address} and archived_at is null`;
    if (own.length > 0) throw new AppError('consult.ownAddress');
    const [workspace] = await sql<{ language: 'de' | 'en' }[]>`
      select language from lotse.workspaces where id = ${act.actor.workspaceId}
    `;
    return byAddress({ ...act, sql }, { address, name: '', language: workspace?.language ?? 'de' });
  });
}
