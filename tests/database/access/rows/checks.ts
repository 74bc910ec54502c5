import { randomUUID } from 'node:crypto';
import type { Sql } from '#server/database/pool.ts';
import { homes, plant, type Fixtures } from '../rows.ts';
import type { World } from '../world.ts';

/** Checks of mail accounts. */
export async function checkRows(world: World, owner: Sql): Promise<Fixtures> {
  const { ada, mona, zoe } = world.cast;
  const accounts = new Map(homes(world).map((home) => [home.workspaceId, { ...home, account: randomUUID() }]));
  const accountOf = (workspaceId: string) => accounts.get(workspaceId)?.account ?? '';
  const checks = [
    { name: 'own', member: ada, own: ['administrator'] },
    { name: 'of a moderator', member: mona, own: [] },
    { name: 'foreign', member: zoe, own: ['administrator of another workspace'] },
  ].map(({ name, member, own }) => {
    const { workspaceId, memberId } = member;
    return { name, own, workspaceId, memberId, id: randomUUID(), accountId: accountOf(workspaceId) };
  });
  const rowOf = ({ workspaceId, memberId, accountId }: (typeof checks)[number]) => ({
    workspaceId,
    memberId,
    accountId,
  });
  await plant(owner, async (sql) => {
    for (const { workspaceId, account, pool } of accounts.values()) {
      const row = {
        id: account,
        workspaceId,
        poolId: pool,
        name: 'Geprüft',
        address: `${account}@c.example`,
        kind: 'smtp',
      };
      await sql`insert into lotse.mail_accounts ${sql(row)}`;
    }
    for (const check of checks)
      await sql`insert into lotse.account_checks ${sql({ ...rowOf(check), id: check.id, state: 'passed', endedAt: new Date() })}`;
  });
  return {
    account_checks: {
      set: `response = 'x'`,
      rows: checks.map(({ name, workspaceId, id, own }) => ({ name, workspaceId, own, where: { id } })),
      attempts: () =>
        checks.map((check) => ({
          name: check.name,
          workspaceId: check.workspaceId,
          own: check.own,
          values: { ...rowOf(check), id: randomUUID() },
        })),
    },
  };
}
