import { randomUUID } from 'node:crypto';
import type { CommandInput, CommandName } from '#lib/shared/commands.ts';
import { channels, priorities, roles, statuses, visibilities, type Role } from '#lib/shared/ticket.ts';
import type { Sql } from '#server/database/pool.ts';
import { execute } from '#server/execute.ts';
import { addMember, createCast, run, type Member } from './cast.ts';
import type { Chance } from './chance.ts';

export type Call = { actor: Member; id: string; name: CommandName; input: Record<string, unknown> };

/** A workspace with random people, groups, pools and rights, in which random things happen. */
export type World = Awaited<ReturnType<typeof createWorld>>;

export async function createWorld(chance: Chance) {
  const cast = await createCast();
  const members = [cast.ada, cast.mona, cast.ben, cast.cleo, cast.gus];
  for (let i = 0; i < 2; i++) members.push(await addMember(cast.workspaceId, `Zufall ${i}`, chance.of(roles)));
  const pools = [cast.heating, cast.lift];
  const groups = [cast.caretakers];
  pools.push((await run(cast.ada, 'pool.create', { name: 'Unterpool', parent: cast.heating })).result['pool'] ?? '');
  groups.push((await run(cast.ada, 'group.create', { name: 'Nachtdienst' })).result['group'] ?? '');
  for (const member of members) {
    if (chance.is(0.3))
      await run(cast.ada, 'group.setMember', { group: chance.of(groups), member: member.memberId, isMember: true });
  }
  const contacts = [cast.weber, cast.smith];
  const tickets: string[] = [];
  return { cast, workspaceId: cast.workspaceId, members, pools, groups, contacts, tickets };
}

/** Whatever may happen next. Who may do it is for the server to say: a refusal is an event that did not happen. */
export function happening(world: World, chance: Chance): Call {
  const { members, pools, groups, contacts, tickets } = world;
  const someone = () => chance.of(members).memberId;
  const ticket = () => (tickets.length > 0 ? chance.of(tickets.slice(-12)) : randomUUID());
  const make = <N extends CommandName>(name: N, input: CommandInput<N>) => ({
    name,
    input: input as Record<string, unknown>,
  });
  const create = () => {
    const id = randomUUID();
    tickets.push(id);
    const holder = chance.is(0.2) ? { member: someone() } : chance.is(0.2) ? { group: chance.of(groups) } : {};
    return make('ticket.create', {
      ticket: id,
      subject: `Fall ${tickets.length}`,
      pool: chance.of(pools),
      requester: chance.is(0.7) ? chance.of(contacts) : null,
      visibility: chance.is(0.7) ? 'public' : 'internal',
      channel: chance.of(channels),
      ...holder,
    });
  };
  const onTickets = [
    () => make('ticket.claim', { ticket: ticket() }),
    () => make('ticket.release', { ticket: ticket() }),
    () => make('ticket.assign', { ticket: ticket(), member: someone() }),
    () => make('ticket.assign', { ticket: ticket(), group: chance.of(groups) }),
    () => make('ticket.move', { ticket: ticket(), pool: chance.of(pools) }),
    () => make('ticket.change', { ticket: ticket(), priority: chance.of(priorities) }),
    () => make('ticket.change', { ticket: ticket(), subject: `Neu ${chance.below(99)}`, tags: ['eilig'] }),
    () => make('ticket.change', { ticket: ticket(), requester: chance.of(contacts) }),
    () => make('ticket.setStatus', { ticket: ticket(), status: chance.of(statuses) }),
    () => make('ticket.setVisibility', { ticket: ticket(), visibility: chance.of(visibilities) }),
    () => make('ticket.close', { ticket: ticket(), inform: chance.is(0.5), text: chance.is(0.5) ? 'Erledigt' : '' }),
    () => make('ticket.reopen', { ticket: ticket() }),
    () => make('ticket.support', { ticket: ticket(), member: someone() }),
    () => make('ticket.unsupport', { ticket: ticket(), member: someone() }),
    () => make('ticket.read', { ticket: ticket(), at: new Date().toISOString() }),
    () => make('message.post', { ticket: ticket(), kind: 'message', visibility: 'public', html: '<p>Wort</p>' }),
    () => make('message.post', { ticket: ticket(), kind: 'comment', visibility: 'internal', html: '<p>Wort</p>' }),
  ];
  const onRights = [
    () => make('pool.setAccess', { pool: chance.of(pools), member: someone(), allowed: chance.is(0.5) }),
    () => make('pool.setAccess', { pool: chance.of(pools), group: chance.of(groups), allowed: chance.is(0.5) }),
    () => make('group.setMember', { group: chance.of(groups), member: someone(), isMember: chance.is(0.5) }),
    () => make('member.change', { member: chance.of(members.slice(2)).memberId, role: chance.of(roles) }),
    () => make('pool.change', { pool: pools[2] ?? '', parent: chance.of([pools[0] ?? '', pools[1] ?? '', null]) }),
    () => make('contact.change', { contact: chance.of(contacts), name: `Name ${chance.below(99)}` }),
  ];
  const made = chance.is(0.2) ? create() : chance.is(0.2) ? chance.of(onRights)() : chance.of(onTickets)();
  // Mostly somebody who may, or little would happen.
  const actor = chance.is(0.5) ? chance.of(members.slice(0, 2)) : chance.of(members);
  return { actor, id: randomUUID(), ...made };
}

export const perform = ({ actor, ...call }: Call) => execute(actor, call);

/** What was true at a seq, told from what was commanded alone: the rooms that somebody belonged to. */
export class Rules {
  readonly #roles = new Map<string, Role>();
  readonly #groups = new Map<string, Set<string>>();
  readonly #access = new Map<string, Set<string>>();
  readonly #parents = new Map<string, string | null>();

  role(member: string, role: Role): void {
    this.#roles.set(member, role);
  }

  group(group: string, member: string, isMember: boolean): void {
    const all = this.#groups.get(group) ?? new Set();
    if (isMember) all.add(member);
    else all.delete(member);
    this.#groups.set(group, all);
  }

  /** `who` is a member's id or a group's. */
  access(pool: string, who: string, allowed: boolean): void {
    const all = this.#access.get(pool) ?? new Set();
    if (allowed) all.add(who);
    else all.delete(who);
    this.#access.set(pool, all);
  }

  parent(pool: string, parent: string | null): void {
    this.#parents.set(pool, parent);
  }

  /** The effect of a command that left `access.changed`. */
  happened({ name, input }: Call): void {
    const text = (key: string) => (typeof input[key] === 'string' ? input[key] : '');
    if (name === 'pool.setAccess')
      this.access(text('pool'), text('member') || text('group'), input['allowed'] === true);
    if (name === 'group.setMember') this.group(text('group'), text('member'), input['isMember'] === true);
    if (name === 'member.change') this.role(text('member'), text('role') as Role);
    if (name === 'pool.change') this.parent(text('pool'), text('parent') || null);
  }

  rooms(member: string): Set<string> {
    const groups = [...this.#groups].filter(([, all]) => all.has(member)).map(([id]) => id);
    const isModerator = this.#roles.get(member) !== 'member';
    const pools = [...this.#parents].filter(([pool, parent]) =>
      [pool, parent ?? ''].some((one) => [member, ...groups].some((who) => this.#access.get(one)?.has(who))),
    );
    return new Set([
      'staff',
      `member:${member}`,
      ...groups.map((id) => `group:${id}`),
      ...(isModerator ? ['moderators'] : pools.map(([id]) => `pool:${id}`)),
    ]);
  }
}

/** The rights as they are now, told from the tables; from here on only from commands. */
export async function rulesOf(owner: Sql, { workspaceId }: Pick<World, 'workspaceId'>): Promise<Rules> {
  const rules = new Rules();
  const members = await owner<
    { id: string; role: 'member' }[]
  >`select id, role from lotse.members where workspace_id = ${workspaceId}`;
  for (const { id, role } of members) rules.role(id, role);
  const groups = await owner<{ groupId: string; memberId: string }[]>`
    select group_id, member_id from lotse.group_members where workspace_id = ${workspaceId}
  `;
  for (const { groupId, memberId } of groups) rules.group(groupId, memberId, true);
  const pools = await owner<
    { id: string; parentId: string | null }[]
  >`select id, parent_id from lotse.pools where workspace_id = ${workspaceId}`;
  for (const { id, parentId } of pools) rules.parent(id, parentId);
  const access = await owner<{ poolId: string; who: string }[]>`
    select pool_id, coalesce(member_id, group_id) as who from lotse.pool_access where workspace_id = ${workspaceId}
  `;
  for (const { poolId, who } of access) rules.access(poolId, who, true);
  return rules;
}
