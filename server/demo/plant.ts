import { randomUUID } from 'node:crypto';
import { authHome } from '#server/auth/home.ts';
import { asSystem } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import { drawNumber } from '#server/domain/tickets.ts';
import { found } from '#server/domain/workspaces.ts';
import { between } from '#lib/shared/rank.ts';
import { accounts, colleagues, company, customers, emailOf, groups, password, pools } from './cast.ts';
import { plantInbox } from './inbox.ts';
import { stories } from './stories.ts';
import { tell } from './tell.ts';
import { plantWords } from './words.ts';

/** Ids by the keys of cast.ts. */
export type Ids = Record<'members' | 'groups' | 'pools' | 'contacts', Map<string, string>> & { workspaceId: string };

/** Plants the demo in an empty database; with a workspace in it, everything stays as it was left. Returns whether it planted. */
export async function plant(): Promise<boolean> {
  const [known] = await asSystem(null, ({ sql }) => sql`select id from lotse.workspaces limit 1`);
  if (known) return false;
  const ids = await settle();
  for (const story of stories) {
    const number = await drawNumber(ids.workspaceId);
    await asSystem(ids.workspaceId, ({ sql }) => tell(sql, { ids, story, number }));
  }
  await plantWords(ids);
  await plantInbox(ids.workspaceId);
  return true;
}

/** The house before the first ticket: people, groups, pools and who may look into them, customers, mail addresses. */
async function settle(): Promise<Ids> {
  const [first, ...others] = colleagues;
  if (!first) throw new Error('The demo has no cast');
  const userId = await authHome().createAccount({ email: emailOf(first.key), password });
  const administrator = { userId, name: first.name, email: emailOf(first.key), language: company.language };
  const { workspaceId, memberId } = await found({ workspace: company, administrator });
  const ids: Ids = {
    workspaceId,
    members: new Map([[first.key, memberId]]),
    groups: new Map(),
    pools: new Map(),
    contacts: new Map(),
  };
  for (const { key, name, role, signsIn } of others) {
    const user = signsIn ? await authHome().createAccount({ email: emailOf(key), password }) : randomUUID();
    const row = { workspaceId, userId: user, role, name, email: emailOf(key), language: company.language };
    ids.members.set(key, await asSystem(workspaceId, ({ sql }) => insert(sql, 'members', row)));
  }
  await asSystem(workspaceId, async ({ sql }) => {
    await addGroups(sql, ids);
    await addPools(sql, ids);
    await addCustomers(sql, ids);
    for (const { name, address, pool, asksFirst = false } of accounts) {
      const row = { workspaceId, name, address, kind: 'smtp', poolId: ids.pools.get(pool), asksFirst };
      await insert(sql, 'mail_accounts', row);
    }
  });
  return ids;
}

async function addGroups(sql: TransactionSql, ids: Ids): Promise<void> {
  const { workspaceId } = ids;
  for (const { key, name, members } of groups) {
    const groupId = await insert(sql, 'groups', { workspaceId, name });
    ids.groups.set(key, groupId);
    for (const member of members) {
      await sql`insert into lotse.group_members ${sql({ workspaceId, groupId, memberId: ids.members.get(member) })}`;
    }
  }
}

async function addPools(sql: TransactionSql, ids: Ids): Promise<void> {
  const { workspaceId } = ids;
  // The pool of the set-up makes room for the demo's own.
  await sql`delete from lotse.pools where workspace_id = ${workspaceId}`;
  let position: string | null = null;
  for (const { key, name, members = [], groups = [], claimBeforeWork = true } of pools) {
    position = between(position, null);
    const poolId = await insert(sql, 'pools', { workspaceId, name, position, claimBeforeWork });
    ids.pools.set(key, poolId);
    for (const member of members)
      await insert(sql, 'pool_access', { workspaceId, poolId, memberId: ids.members.get(member) });
    for (const group of groups)
      await insert(sql, 'pool_access', { workspaceId, poolId, groupId: ids.groups.get(group) });
  }
}

async function addCustomers(sql: TransactionSql, ids: Ids): Promise<void> {
  const { workspaceId } = ids;
  const organisations = new Map<string, string>();
  for (const { key, address, organisation, ...customer } of customers) {
    if (organisation && !organisations.has(organisation)) {
      organisations.set(organisation, await insert(sql, 'organisations', { workspaceId, name: organisation }));
    }
    const organisationId = organisations.get(organisation ?? '') ?? null;
    const contactId = await insert(sql, 'contacts', { workspaceId, ...customer, organisationId });
    ids.contacts.set(key, contactId);
    await insert(sql, 'contact_addresses', { workspaceId, contactId, address });
  }
}

async function insert(sql: TransactionSql, table: string, row: Record<string, unknown>): Promise<string> {
  const [made] = await sql<{ id: string }[]>`insert into ${sql(`lotse.${table}`)} ${sql(row)} returning id`;
  return made?.id ?? '';
}
