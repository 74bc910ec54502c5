import { randomBytes, randomUUID } from 'node:crypto';
import type { Sql } from '#server/database/pool.ts';
import { authors, homes, isMember, plant, type Fixtures } from '../rows.ts';
import type { World } from '../world.ts';

/** Workspaces, members, groups, pools. */
export async function teamRows(world: World, owner: Sql): Promise<Fixtures> {
  const { cast } = world;
  const ours = cast.workspaceId;
  const sides = await plant(owner, (sql) =>
    Promise.all(
      homes(world).map(async ({ name, workspaceId, member }) => {
        const group = randomUUID();
        const pool = randomUUID();
        const invitation = randomUUID();
        const tokenHash = randomBytes(32);
        const [newcomer] = await sql<{ id: string }[]>`
          insert into lotse.members ${sql({ workspaceId, userId: randomUUID(), role: 'member', name: 'Neuling', email: 'n' })}
          returning id
        `;
        await sql`insert into lotse.groups ${sql({ id: group, workspaceId, name: 'Leere Gruppe' })}`;
        await sql`insert into lotse.group_members ${sql({ workspaceId, groupId: group, memberId: member })}`;
        await sql`insert into lotse.mail_templates ${sql({ workspaceId, occasion: 'closing', language: 'de', body: '{text}' })}`;
        const key = { selector: 'lotse-1', publicKey: 'x', privateKey: 'sealed1.x' };
        await sql`insert into lotse.dkim_keys ${sql({ workspaceId, domain: 'desk.example', ...key })}`;
        await sql`insert into lotse.pools ${sql({ id: pool, workspaceId, name: 'Leer', position: 'z' })}`;
        await sql`insert into lotse.pool_access ${sql({ workspaceId, poolId: pool, memberId: member })}`;
        await sql`insert into lotse.invitations ${sql({ id: invitation, workspaceId, email: 'a@b', name: 'A', role: 'member', tokenHash })}`;
        const [shared, own] = [randomUUID(), randomUUID()];
        await sql`insert into lotse.text_blocks ${sql({ id: shared, workspaceId, name: 'Termin', bodyDe: 'Text' })}`;
        await sql`insert into lotse.text_blocks ${sql({ id: own, workspaceId, memberId: member, name: 'Meins', bodyDe: 'Text' })}`;
        return { name, workspaceId, shared, own, member, group, pool, invitation, newcomer: newcomer?.id ?? '' };
      }),
    ),
  );
  const at = <T>(build: (side: (typeof sides)[number]) => T) =>
    sides.map((side) => ({ name: side.name, workspaceId: side.workspaceId, ...build(side) }));

  return {
    workspaces: {
      set: 'name = name',
      rows: at(({ workspaceId }) => ({ where: { id: workspaceId } })),
      attempts: () => {
        const id = randomUUID();
        return [{ name: 'a new one', workspaceId: id, values: { id, slug: `neu-${id.slice(0, 8)}`, name: 'Neu' } }];
      },
    },
    workspace_counters: {
      set: 'ticket_number = ticket_number',
      rows: at(({ workspaceId }) => ({ where: { workspaceId } })),
      attempts: () => at(({ workspaceId }) => ({ never: ['insert'], values: { workspaceId } })),
    },
    members: {
      set: 'name = name',
      rows: [...world.members]
        .filter(([actor]) => actor !== 'administrator out of place')
        .map(([actor, id]) => ({
          name: actor,
          workspaceId: actor === 'administrator of another workspace' ? world.foreign.workspaceId : ours,
          own: [actor],
          words: (reader: string) => (isKnownTo(reader, actor) ? ['public'] : []),
          where: { id },
        })),
      attempts: () =>
        at(({ workspaceId }) => ({
          values: { workspaceId, userId: randomUUID(), role: 'administrator', name: 'Neu', email: 'neu@example.org' },
        })),
    },
    mail_templates: {
      set: 'body = body',
      rows: at(({ workspaceId }) => ({ where: { workspaceId, occasion: 'closing', language: 'de' } })),
      attempts: () =>
        at(({ workspaceId }) => ({ values: { workspaceId, occasion: 'closing', language: 'en', body: '{text}' } })),
    },
    dkim_keys: {
      set: 'is_on = is_on',
      rows: at(({ workspaceId }) => ({ where: { workspaceId, domain: 'desk.example' } })),
      attempts: () =>
        at(({ workspaceId }) => ({
          values: { workspaceId, domain: 'new.example', selector: 'lotse-2', publicKey: 'x', privateKey: 'sealed1.x' },
        })),
    },
    text_blocks: {
      set: 'name = name',
      rows: [
        ...at(({ shared }) => ({ words: ['shared'], where: { id: shared } })),
        ...sides.map((side) => ({
          name: `${side.name}, a person's own`,
          workspaceId: side.workspaceId,
          own: isMember(side, world),
          where: { id: side.own },
        })),
      ],
      attempts: (actor) => [
        ...at(({ workspaceId }) => ({
          words: ['shared'],
          values: { workspaceId, name: `Neu ${randomUUID().slice(0, 8)}`, bodyDe: 'Text' },
        })),
        ...sides.flatMap(({ name, workspaceId, member }) =>
          authors(world, actor, member).map(({ memberId, own }) => ({
            name: `${name} by ${memberId}`,
            workspaceId,
            own,
            never: actor === 'administrator out of place' ? ['insert' as const] : [],
            values: { workspaceId, memberId, name: `Neu ${randomUUID().slice(0, 8)}`, bodyDe: 'Text' },
          })),
        ),
      ],
    },
    invitations: {
      set: 'revoked_at = now()',
      rows: at(({ invitation }) => ({ where: { id: invitation } })),
      attempts: (actor) =>
        sides.flatMap(({ name, workspaceId, member }) =>
          authors(world, actor, member).map(({ memberId, own }) => ({
            name: `${name} by ${memberId}`,
            workspaceId,
            own,
            // Somebody of another workspace can be no inviter.
            never: actor === 'administrator out of place' ? ['insert' as const] : [],
            values: {
              workspaceId,
              email: 'neu@example.org',
              name: 'Neu',
              role: 'administrator',
              tokenHash: randomBytes(32),
              invitedByMemberId: memberId,
            },
          })),
        ),
    },
    groups: {
      set: 'name = name',
      rows: at(({ group }) => ({ where: { id: group } })),
      attempts: () => at(({ workspaceId }) => ({ values: { workspaceId, name: 'Neue Gruppe' } })),
    },
    group_members: {
      set: 'created_at = created_at',
      rows: at(({ group, member }) => ({ where: { groupId: group, memberId: member } })),
      attempts: () =>
        at(({ workspaceId, group, newcomer }) => ({ values: { workspaceId, groupId: group, memberId: newcomer } })),
    },
    pools: {
      set: 'name = name',
      rows: at(({ pool }) => ({ where: { id: pool } })),
      attempts: () => at(({ workspaceId }) => ({ values: { workspaceId, name: 'Neu', position: 'zz' } })),
    },
    pool_access: {
      set: 'created_at = created_at',
      rows: at(({ pool, member }) => ({ where: { poolId: pool, memberId: member } })),
      attempts: () =>
        at(({ workspaceId, pool, newcomer }) => ({ values: { workspaceId, poolId: pool, memberId: newcomer } })),
    },
  };
}

/** Who is responsible for, or wrote publicly on, a ticket that the customer sees (conversation.ts). */
function isKnownTo(reader: string, member: string): boolean {
  const onClaimed = ['administrator', 'moderator', 'responsible member', 'supporter'];
  if (reader === 'contact, verified' || reader === 'holder of a link') return onClaimed.includes(member);
  return reader === 'holder of a link to another ticket' && member === 'moderator';
}
