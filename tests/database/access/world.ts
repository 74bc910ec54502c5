import { asSystem, type Actor } from '#server/database/actor.ts';
import type { Sql } from '#server/database/pool.ts';
import { addMember, createCast, createTicket, linkFor, run, type Cast } from '../../support/cast.ts';

/** The states of docs/access.md, "Tickets by state". */
export const states = [
  'unclaimed',
  'claimed',
  'group',
  'elsewhere',
  'free',
  'internal',
  'draft',
  'closed',
  'foreign',
] as const;
export type State = (typeof states)[number];

export type Somebody = Actor | 'nobody' | 'another role';

export type World = {
  cast: Cast;
  actors: Map<string, Somebody>;
  tickets: Record<State, string>;
  /** Members and contacts by actor, for rows that name their author. */
  members: Map<string, string>;
  foreign: { workspaceId: string; pool: string; contact: string; member: string };
};

/** A workspace with every actor and a ticket in every state of docs/access.md. */
export async function createWorld(owner: Sql): Promise<World> {
  const cast = await createCast();
  const { ada, zoe, workspaceId } = cast;
  const people = await addPeople(cast);
  const cellar = (await run(ada, 'pool.create', { name: 'Keller' })).result['pool'] ?? '';
  const hof = (await run(ada, 'pool.create', { name: 'Hof', claimBeforeWork: false })).result['pool'] ?? '';
  for (const member of [cast.ben.memberId, people.dora.memberId])
    for (const pool of [cast.heating, hof]) await run(ada, 'pool.setAccess', { pool, member, allowed: true });
  const foreign = await settle(owner, zoe.workspaceId, zoe.memberId);
  const unclaimed = await createTicket(cast);
  const claimed = await createClaimed(cast, people);
  const closed = await createTicket(cast, { member: people.rita.memberId });
  const tickets = {
    unclaimed,
    claimed,
    closed,
    group: await createTicket(cast, { pool: cellar, group: cast.caretakers }),
    elsewhere: await createTicket(cast, { pool: cellar }),
    free: await createTicket(cast, { pool: hof }),
    internal: await createTicket(cast, { visibility: 'internal' }),
    draft: await createTicket(cast, { status: 'draft' }),
    foreign:
      (await run(zoe, 'ticket.create', { subject: 'Drucker', pool: foreign.pool, requester: foreign.contact })).result[
        'ticket'
      ] ?? '',
  };
  const members = new Map([
    ['administrator', ada.memberId],
    ['moderator', cast.mona.memberId],
    ['member with access', cast.ben.memberId],
    ['member without access', cast.cleo.memberId],
    ['member of the responsible group', cast.gus.memberId],
    ['responsible member', people.rita.memberId],
    ['supporter', people.sam.memberId],
    ['creator', people.cora.memberId],
    ['deactivated administrator', people.dora.memberId],
    ['administrator of another workspace', zoe.memberId],
    ['administrator out of place', zoe.memberId],
  ]);
  const world: World = { cast, actors: new Map(), tickets, members, foreign };
  for (const [name, memberId] of members)
    world.actors.set(name, {
      kind: 'member',
      workspaceId: name === 'administrator of another workspace' ? zoe.workspaceId : workspaceId,
      memberId,
    });
  await addCustomers(world, owner);
  await run(ada, 'ticket.close', { ticket: closed, inform: false });
  await run(ada, 'member.change', { member: people.dora.memberId, isActive: false });
  return world;
}

async function addPeople({ workspaceId }: Cast) {
  return {
    rita: await addMember(workspaceId, 'Rita Voss', 'member'),
    sam: await addMember(workspaceId, 'Sam Yilmaz', 'member'),
    cora: await addMember(workspaceId, 'Cora Blum', 'member'),
    dora: await addMember(workspaceId, 'Dora Falk', 'administrator'),
  };
}

type People = Awaited<ReturnType<typeof addPeople>>;

async function createClaimed(cast: Cast, { rita, sam, cora, dora }: People): Promise<string> {
  const created = await run(cora, 'ticket.create', {
    subject: 'Thermostat',
    pool: cast.heating,
    requester: cast.weber,
    member: rita.memberId,
  });
  const ticket = created.result['ticket'] ?? '';
  for (const { memberId } of [sam, dora]) await run(cast.ada, 'ticket.support', { ticket, member: memberId });
  return ticket;
}

async function settle(owner: Sql, workspaceId: string, member: string) {
  const [pool] = await owner<{ id: string }[]>`select id from lotse.pools where workspace_id = ${workspaceId}`;
  const [contact] = await owner<{ id: string }[]>`
    insert into lotse.contacts (workspace_id, name) values (${workspaceId}, 'Fern Fremd') returning id
  `;
  return { workspaceId, member, pool: pool?.id ?? '', contact: contact?.id ?? '' };
}

async function addCustomers({ cast, actors, tickets }: World, owner: Sql): Promise<void> {
  const { workspaceId, weber, smith } = cast;
  const others = await owner<{ id: string }[]>`
    insert into lotse.contacts (workspace_id, name)
    select ${workspaceId}, name from unnest(array['Ella Ende', 'Ralf Rück', 'Otto Ohne']) name
    returning id
  `;
  const [ella = '', ralf = '', otto = ''] = others.map(({ id }) => id);
  await asSystem(workspaceId, async ({ sql }) => {
    for (const contactId of [ella, ralf, otto])
      await sql`insert into lotse.ticket_customers ${sql({ workspaceId, ticketId: tickets.claimed, contactId })}`;
    await sql`
      insert into lotse.ticket_customers (workspace_id, ticket_id, contact_id, verified)
      select ${workspaceId}, t.id, ${smith}, false from lotse.tickets t where t.workspace_id = ${workspaceId}
    `;
  });
  actors.set('contact, verified', { kind: 'contact', workspaceId, contactId: weber });
  actors.set('contact, unverified', { kind: 'contact', workspaceId, contactId: smith });
  actors.set('holder of a link', await linkFor(cast, tickets.claimed));
  actors.set('holder of a link to another ticket', await linkFor(cast, tickets.unclaimed));
  const expired = await linkFor(cast, tickets.claimed, ella);
  const revoked = await linkFor(cast, tickets.claimed, ralf);
  const off = await linkFor(cast, tickets.claimed, otto);
  await owner`update lotse.ticket_links set expires_at = now() - interval '1 second' where id = ${expired.linkId}`;
  await owner`update lotse.ticket_links set revoked_at = now() where id = ${revoked.linkId}`;
  await owner`delete from lotse.ticket_customers where contact_id = ${otto}`;
  actors.set('holder of an expired link', expired);
  actors.set('holder of a revoked link', revoked);
  actors.set('holder of a link, taken off the ticket', off);
  actors.set('nobody', 'nobody');
  actors.set('another role', 'another role');
  actors.set('the system', { kind: 'system', workspaceId });
}
