import { randomUUID } from 'node:crypto';
import type { Sql } from '#server/database/pool.ts';
import { homes, places, plant, type Fixtures } from '../rows.ts';
import type { World } from '../world.ts';

/** Notes, the ledger, commands. */
export async function ledgerRows(world: World, owner: Sql): Promise<Fixtures> {
  const noted = places(world).filter(({ state }) => state !== 'unclaimed');
  const { unclaimed } = world.tickets;
  const events = [
    ...places(world).flatMap(({ state, ticketId, workspaceId }) =>
      ['staff', 'customer'].map((kind) => ({ name: `${kind} on ${state}`, state, ticketId, workspaceId, kind })),
    ),
    ...homes(world).map(({ name, workspaceId }) => ({
      name,
      state: undefined,
      ticketId: null,
      workspaceId,
      kind: 'staff',
    })),
  ].map((event) => ({
    ...event,
    commandId: randomUUID(),
    words: event.kind === 'customer' ? ['public'] : ['staff'],
    ...(event.state ? { state: event.state } : {}),
  }));
  const commands = homes(world).map((home) => ({ ...home, id: randomUUID() }));
  await plant(owner, async (sql) => {
    for (const { ticketId, workspaceId } of noted) {
      await sql`insert into lotse.notes ${sql({ ticketId, workspaceId, lastSeq: 1 })}`;
      await sql`insert into lotse.note_updates ${sql({ ticketId, workspaceId, generation: 1, seq: 1, bytes: Buffer.from('x') })}`;
    }
    for (const { ticketId, workspaceId } of places(world))
      await sql`insert into lotse.search_entries ${sql({ ticketId, workspaceId, at: new Date().toISOString(), words: '' })}`;
    for (const event of events) await sql`insert into lotse.events ${sql(eventOf(event))}`;
    for (const { id, workspaceId } of commands)
      await sql`insert into lotse.commands ${sql({ workspaceId, actor: 'system', id, name: 'x' })}`;
  });

  return {
    search_entries: {
      set: 'at = now()',
      rows: places(world).map(({ state, ticketId, workspaceId }) => ({
        name: state,
        state,
        workspaceId,
        where: { ticketId },
      })),
      attempts: () =>
        places(world).map(({ state, ticketId, workspaceId }) => ({
          name: state,
          state,
          workspaceId,
          values: { workspaceId, ticketId, at: new Date().toISOString(), words: '' },
        })),
    },
    notes: {
      set: 'updated_at = now()',
      rows: noted.map(({ state, ticketId, workspaceId }) => ({ name: state, state, workspaceId, where: { ticketId } })),
      attempts: () => {
        const { workspaceId } = world.cast;
        return [{ name: 'unclaimed', state: 'unclaimed', workspaceId, values: { workspaceId, ticketId: unclaimed } }];
      },
    },
    note_updates: {
      set: 'created_at = now()',
      rows: noted.map(({ state, ticketId, workspaceId }) => ({
        name: state,
        state,
        workspaceId,
        where: { ticketId, seq: 1 },
      })),
      attempts: () =>
        noted.map(({ state, ticketId, workspaceId }) => ({
          name: state,
          state,
          workspaceId,
          values: { workspaceId, ticketId, generation: 1, seq: 2, bytes: Buffer.from('x') },
        })),
    },
    events: {
      set: `type = 'ticket.forged'`,
      rows: events.map((event) => ({ ...event, never: ['update', 'delete'], where: { commandId: event.commandId } })),
      attempts: () => events.map((event) => ({ ...event, values: eventOf({ ...event, commandId: randomUUID() }) })),
    },
    commands: {
      set: `answer = '{}'`,
      rows: commands.map(({ name, workspaceId, id }) => ({ name, workspaceId, where: { id } })),
      attempts: () =>
        homes(world).map(({ name, workspaceId }) => ({
          name,
          workspaceId,
          values: { workspaceId, actor: 'system', id: randomUUID(), name: 'x' },
        })),
    },
  };
}

type Event = { workspaceId: string; ticketId: string | null; kind: string; commandId: string };

function eventOf({ workspaceId, ticketId, kind, commandId }: Event) {
  return {
    workspaceId,
    ticketId,
    commandId,
    class: kind,
    type: 'ticket.changed',
    actorKind: 'system',
    audience: ['moderators'],
  };
}
