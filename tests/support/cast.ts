import { randomUUID } from 'node:crypto';
import type { CommandInput, CommandName } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Role } from '#lib/shared/ticket.ts';
import { asSystem, type Actor } from '#server/database/actor.ts';
import { found } from '#server/domain/workspaces.ts';
import { execute } from '#server/execute.ts';

export type Member = Extract<Actor, { kind: 'member' }> & { userId: string; name: string };

/** Runs a command as somebody and returns its result; a refusal is thrown as AppError. */
export async function run<N extends CommandName>(actor: Actor, name: N, input: CommandInput<N>) {
  const answer = await execute(actor, { id: randomUUID(), name, input });
  if (!answer.ok) throw new AppError(answer.error.code, answer.error.detail);
  return { seq: answer.seq, result: (answer.result ?? {}) as Record<string, string> };
}

/** The code a command is refused with, or null when it was done. */
export async function refusal<N extends CommandName>(
  actor: Actor,
  name: N,
  input: CommandInput<N>,
): Promise<string | null> {
  const answer = await execute(actor, { id: randomUUID(), name, input });
  return answer.ok ? null : answer.error.code;
}

export async function addMember(workspaceId: string, name: string, role: Role): Promise<Member> {
  const userId = randomUUID();
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@nordlicht.example`;
  const [row] = await asSystem(
    workspaceId,
    ({ sql }) => sql<{ id: string }[]>`
    insert into lotse.members ${sql({ workspaceId, userId, role, name, email, language: 'de' })} returning id
  `,
  );
  return { kind: 'member', workspaceId, memberId: row?.id ?? '', userId, name };
}

/**
 * The named cast: a housing company's desk. Ada administers, Mona moderates, Ben may claim from Heizung, Cleo from
 * nowhere, Gus is one of the caretakers (a group with access to Aufzug), Zoe belongs to another workspace.
 */
export async function createCast() {
  const { workspaceId, memberId } = await found({
    workspace: { slug: `nord-${randomUUID().slice(0, 8)}`, name: 'Nordlicht Wohnen', language: 'de' },
    administrator: { userId: randomUUID(), name: 'Ada Lund', email: 'ada@nordlicht.example', language: 'de' },
  });
  // Whoever tests what a mail says does not wait for its moment.
  await asSystem(workspaceId, ({ sql }) => sql`update lotse.workspaces set undo_seconds = 0 where id = ${workspaceId}`);
  const ada: Member = { kind: 'member', workspaceId, memberId, userId: '', name: 'Ada Lund' };
  const mona = await addMember(workspaceId, 'Mona Reis', 'moderator');
  const ben = await addMember(workspaceId, 'Ben Okoro', 'member');
  const cleo = await addMember(workspaceId, 'Cleo Sand', 'member');
  const gus = await addMember(workspaceId, 'Gus Hartmann', 'member');
  const heating = (await run(ada, 'pool.create', { name: 'Heizung' })).result['pool'] ?? '';
  const lift = (await run(ada, 'pool.create', { name: 'Aufzug' })).result['pool'] ?? '';
  const caretakers = (await run(ada, 'group.create', { name: 'Hausmeister' })).result['group'] ?? '';
  await run(ada, 'group.setMember', { group: caretakers, member: gus.memberId, isMember: true });
  await run(ada, 'pool.setAccess', { pool: heating, member: ben.memberId, allowed: true });
  await run(ada, 'pool.setAccess', { pool: lift, group: caretakers, allowed: true });
  const weber =
    (
      await run(ada, 'contact.create', {
        name: 'Petra Weber',
        salutation: 'ms',
        addresses: ['petra.weber@example.org'],
      })
    ).result['contact'] ?? '';
  const smith =
    (await run(ada, 'contact.create', { name: 'John Smith', language: 'en', addresses: ['john.smith@example.com'] }))
      .result['contact'] ?? '';
  const other = await found({
    workspace: { slug: `sued-${randomUUID().slice(0, 8)}`, name: 'Südstern IT', language: 'de' },
    administrator: { userId: randomUUID(), name: 'Zoe Adler', email: 'zoe@suedstern.example', language: 'de' },
  });
  const zoe: Member = { kind: 'member', ...other, userId: '', name: 'Zoe Adler' };
  return { workspaceId, ada, mona, ben, cleo, gus, zoe, heating, lift, caretakers, weber, smith };
}

export type Cast = Awaited<ReturnType<typeof createCast>>;

/** A new unclaimed ticket of Frau Weber's; returns its id. */
export async function createTicket(cast: Cast, input: Partial<CommandInput<'ticket.create'>> = {}): Promise<string> {
  const created = await run(cast.ada, 'ticket.create', {
    subject: 'Heizung kalt',
    pool: cast.heating,
    requester: cast.weber,
    ...input,
  });
  return created.result['ticket'] ?? '';
}

/** The link of a participant to a ticket, as an actor; both are made here where no mail has made them yet. */
export async function linkFor(
  cast: { workspaceId: string; weber?: string },
  ticketId: string,
  contactId: string = cast.weber ?? '',
): Promise<Extract<Actor, { kind: 'link' }>> {
  const [row] = await asSystem(cast.workspaceId, async ({ sql }) => {
    await sql`
      insert into lotse.ticket_customers (workspace_id, ticket_id, contact_id)
      values (${cast.workspaceId}, ${ticketId}, ${contactId})
      on conflict (ticket_id, contact_id) do update set verified = true
    `;
    return sql<{ id: string }[]>`
      insert into lotse.ticket_links (workspace_id, ticket_id, contact_id)
      values (${cast.workspaceId}, ${ticketId}, ${contactId})
      on conflict (ticket_id, contact_id) do update set revoked_at = null
      returning id
    `;
  });
  return { kind: 'link', workspaceId: cast.workspaceId, linkId: row?.id ?? '' };
}
