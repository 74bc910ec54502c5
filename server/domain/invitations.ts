import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import { act as perform, type Act } from './act.ts';
import { rooms } from './events.ts';

function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Invites a person by mail. The one-time token leaves with the mail only; the database keeps its hash. */
export async function create(act: Act, input: Command<'member.invite'>) {
  if (act.actor.kind !== 'member') throw new AppError('forbidden');
  const { workspaceId, memberId } = act.actor;
  const token = randomBytes(32).toString('base64url');
  const invitation = randomUUID();
  const [known] = await act.sql`
    select id from lotse.members where lower(email) = ${input.email} and deactivated_at is null
  `;
  if (known) throw new AppError('member.exists');
  const row = { id: invitation, workspaceId, ...input, tokenHash: hash(token), invitedByMemberId: memberId };
  await act.sql`insert into lotse.invitations ${act.sql(row)}`;
  await act.system(
    (sql) => sql`
    insert into lotse.outgoing_mails (workspace_id, kind, invitation_id, input, language, to_address)
    values (${workspaceId}, 'invitation', ${invitation}, ${sql.json({ token })}, ${input.language}, ${input.email})
  `,
  );
  act.record({ type: 'member.invited', data: { invitation }, audience: [rooms.moderators] });
  return { invitation };
}

export async function revoke(act: Act, { invitation }: Command<'invitation.revoke'>) {
  const revoked = await act.sql`
    update lotse.invitations set revoked_at = now()
    where id = ${invitation} and accepted_at is null and revoked_at is null
    returning id
  `;
  if (revoked.length === 0) throw new AppError('invitation.invalid');
  act.record({ type: 'invitation.revoked', data: { invitation }, audience: [rooms.moderators] });
}

export type Invitation = {
  id: string;
  workspaceId: string;
  workspaceName: string;
  slug: string;
  email: string;
  name: string;
  role: string;
  language: 'de' | 'en';
};

/** The invitation behind a token that may still be accepted, or null: used, revoked, expired and unknown look alike. */
export async function byToken(token: string): Promise<Invitation | null> {
  const [row] = await asSystem(
    null,
    ({ sql }) => sql<Invitation[]>`
    select i.id, i.workspace_id, w.name as workspace_name, w.slug, i.email, i.name, i.role, i.language
    from lotse.invitations i
    join lotse.workspaces w on w.id = i.workspace_id
    where i.token_hash = ${hash(token)}
      and i.accepted_at is null
      and i.revoked_at is null
      and i.expires_at > now()
  `,
  );
  return row ?? null;
}

/** Binds the person who signed in to the workspace, once. A former member comes back with the role of the invitation. */
export async function accept(invitation: Invitation, userId: string): Promise<{ memberId: string }> {
  const { result } = await perform({ kind: 'system', workspaceId: invitation.workspaceId }, async (act) => {
    const taken = await act.sql`
      update lotse.invitations set accepted_at = now()
      where id = ${invitation.id} and accepted_at is null and revoked_at is null and expires_at > now()
      returning id
    `;
    if (taken.length === 0) throw new AppError('invitation.invalid');
    const { workspaceId, role, name, email, language } = invitation;
    const [member] = await act.sql<{ id: string }[]>`
      insert into lotse.members ${act.sql({ workspaceId, userId, role, name, email, language })}
      on conflict (workspace_id, user_id) do update set deactivated_at = null, role = excluded.role
      returning id
    `;
    if (!member) throw new AppError('invitation.invalid');
    act.record({ type: 'member.joined', data: { member: member.id }, audience: [rooms.staff] });
    return { memberId: member.id };
  });
  return result;
}
