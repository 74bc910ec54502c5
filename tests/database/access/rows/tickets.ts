import { randomUUID } from 'node:crypto';
import type { Sql } from '#server/database/pool.ts';
import { authors, homes, isMember, places, plant, type Fixtures } from '../rows.ts';
import type { World } from '../world.ts';

export async function ticketRows(world: World, owner: Sql): Promise<Fixtures> {
  const { cast, foreign, tickets } = world;
  const all = places(world);
  const newcomers = await plant(owner, async (sql) => {
    for (const { ticketId, workspaceId, member, contact } of all) {
      await sql`insert into lotse.ticket_owners ${sql({ workspaceId, ticketId, memberId: member, role: 'supporter' })}`;
      await sql`
        insert into lotse.ticket_links ${sql({ workspaceId, ticketId, contactId: contact })} on conflict do nothing
      `;
      await sql`insert into lotse.ticket_views ${sql({ workspaceId, ticketId, memberId: member })}`;
    }
    for (const [actor, memberId] of world.members) {
      if (actor === 'administrator out of place') continue;
      const isForeign = actor === 'administrator of another workspace';
      const ticketId = isForeign ? tickets.foreign : tickets.elsewhere;
      const workspaceId = isForeign ? foreign.workspaceId : cast.workspaceId;
      await sql`insert into lotse.ticket_reads ${sql({ workspaceId, ticketId, memberId })}`;
    }
    const rows = await sql<{ workspaceId: string; id: string }[]>`
      insert into lotse.contacts (workspace_id, name)
      select id::uuid, 'Nina Neu' from unnest(${[cast.workspaceId, foreign.workspaceId]}::text[]) id
      returning workspace_id, id
    `;
    const colleague = {
      workspaceId: foreign.workspaceId,
      userId: randomUUID(),
      role: 'member',
      name: 'Zak',
      email: 'z',
    };
    const [zak] = await sql<{ id: string }[]>`insert into lotse.members ${sql(colleague)} returning id`;
    return { contacts: new Map(rows.map((row) => [row.workspaceId, row.id])), zak: zak?.id ?? '' };
  });
  const customers = ['contact, verified', 'holder of a link', 'holder of a link to another ticket'];

  return {
    tickets: {
      set: `subject = 'Neu'`,
      rows: all.map(({ state, ticketId, workspaceId }) => ({
        name: state,
        state,
        workspaceId,
        where: { id: ticketId },
      })),
      attempts: (actor) =>
        homes(world).flatMap(({ name, workspaceId, member, pool }) =>
          authors(world, actor, member).map(({ memberId, own }) => ({
            name: `${name} by ${memberId}`,
            workspaceId,
            own,
            values: { workspaceId, number: 9_999_999, subject: 'Neu', poolId: pool, createdByMemberId: memberId },
          })),
        ),
    },
    ticket_owners: {
      set: 'created_at = created_at',
      rows: [
        ...all.map((place) => ({
          ...place,
          name: `supporter of ${place.state}`,
          words: ['supporting'],
          own: isMember(place, world),
          where: { ticketId: place.ticketId, memberId: place.member, role: 'supporter' },
        })),
        ...[
          { actor: 'supporter', role: 'supporter', words: ['supporting'] },
          { actor: 'creator', role: 'creator', words: [] },
        ].map(({ actor, role, words }) => ({
          name: `${role} of claimed`,
          workspaceId: cast.workspaceId,
          state: 'claimed' as const,
          words,
          own: [actor],
          where: { ticketId: tickets.claimed, memberId: world.members.get(actor), role },
        })),
      ],
      attempts: () =>
        all.flatMap(({ state, ticketId, workspaceId }) => {
          const memberId = state === 'foreign' ? newcomers.zak : cast.cleo.memberId;
          return (['supporter', 'creator'] as const).map((role) => ({
            name: `${role} of ${state}`,
            state,
            workspaceId,
            words: role === 'supporter' ? ['supporting'] : [],
            values: { workspaceId, ticketId, memberId, role },
          }));
        }),
    },
    ticket_customers: {
      set: 'verified = verified',
      rows: [
        ...all.map(({ state, ticketId, workspaceId, contact }) => ({
          name: `requester of ${state}`,
          state,
          workspaceId,
          own: state === 'foreign' ? [] : customers,
          where: { ticketId, contactId: contact },
        })),
        {
          name: 'stranger on claimed',
          state: 'claimed',
          workspaceId: cast.workspaceId,
          own: ['contact, unverified'],
          where: { ticketId: tickets.claimed, contactId: cast.smith },
        },
      ],
      attempts: () =>
        all.map(({ state, ticketId, workspaceId }) => ({
          name: state,
          state,
          workspaceId,
          values: { workspaceId, ticketId, contactId: newcomers.contacts.get(workspaceId) },
        })),
    },
    ticket_links: {
      set: 'revoked_at = now()',
      rows: all.map(({ state, ticketId, workspaceId, contact }) => ({
        name: state,
        state,
        workspaceId,
        where: { ticketId, contactId: contact },
      })),
      attempts: () =>
        all.map(({ state, ticketId, workspaceId }) => ({
          name: state,
          state,
          workspaceId,
          values: { workspaceId, ticketId, contactId: newcomers.contacts.get(workspaceId) },
        })),
    },
    ticket_reads: {
      set: 'read_at = now()',
      rows: [...world.members]
        .filter(([actor]) => actor !== 'administrator out of place')
        .map(([actor, memberId]) => {
          const state = actor === 'administrator of another workspace' ? ('foreign' as const) : ('elsewhere' as const);
          const workspaceId = state === 'foreign' ? foreign.workspaceId : cast.workspaceId;
          return {
            name: `of ${actor}`,
            state,
            workspaceId,
            own: [actor],
            where: { ticketId: tickets[state], memberId },
          };
        }),
      attempts: (actor) =>
        all
          .filter(({ state }) => state !== 'elsewhere' && state !== 'foreign')
          .flatMap(({ state, ticketId, workspaceId, member }) =>
            authors(world, actor, member).map(({ memberId, own }) => ({
              name: `${state} by ${memberId}`,
              state,
              workspaceId,
              own,
              values: { workspaceId, ticketId, memberId },
            })),
          ),
    },
    ticket_views: {
      set: 'viewed_at = now()',
      rows: all.map(({ state, ticketId, workspaceId }) => ({ name: state, state, workspaceId, where: { ticketId } })),
      attempts: () =>
        all.map(({ state, ticketId, workspaceId, member }) => ({
          name: state,
          state,
          workspaceId,
          values: { workspaceId, ticketId, memberId: member },
        })),
    },
  };
}
