import { randomUUID } from 'node:crypto';
import type { Sql } from '#server/database/pool.ts';
import { homes, plant, type Fixture, type Fixtures } from '../rows.ts';
import type { World } from '../world.ts';

/** Mail that waits, and mail that left the inbox without a ticket; in pools of several people. */
export async function inboxRows(world: World, owner: Sql, mails: Fixture | undefined): Promise<Fixtures> {
  const { cast } = world;
  const moderators = ['administrator', 'moderator'];
  const places = [
    ...homes(world).map(({ name, workspaceId, pool }) => ({
      name: `waiting, ${name}`,
      workspaceId,
      pool,
      actors: [...moderators, 'member with access', 'administrator of another workspace'],
    })),
    {
      name: 'waiting in a pool of a group',
      workspaceId: cast.workspaceId,
      pool: cast.lift,
      actors: [...moderators, 'member of the responsible group'],
    },
  ].flatMap((place) =>
    ['waiting', 'filed'].map((state) => ({ ...place, name: `${place.name}: ${state}`, state, mail: randomUUID() })),
  );
  const bare = homes(world).map((home) => ({ ...home, state: 'waiting', mail: randomUUID() }));
  const fileOf = (workspaceId: string, mailId: string) => ({
    workspaceId,
    mailId,
    name: 'a.pdf',
    mime: 'application/pdf',
    size: 1,
    sha256: 'b'.repeat(64),
    storageKey: randomUUID(),
  });
  await plant(owner, async (sql) => {
    for (const { workspaceId, pool, mail, state } of [...places, ...bare]) {
      const account = { id: randomUUID(), workspaceId, poolId: pool, name: 'Fragt', kind: 'smtp', asksFirst: true };
      await sql`insert into lotse.mail_accounts ${sql({ ...account, address: `${account.id}@a.example` })}`;
      const row = { id: mail, workspaceId, accountId: account.id, sha256: 'b'.repeat(64), size: 1, state };
      await sql`insert into lotse.mails ${sql({ ...row, askedAt: new Date().toISOString() })}`;
    }
    for (const { workspaceId, mail } of places) {
      await sql`insert into lotse.mail_contents ${sql({ workspaceId, mailId: mail })}`;
      await sql`insert into lotse.mail_files ${sql(fileOf(workspaceId, mail))}`;
    }
  });
  const rows = (column: string) =>
    places.map(({ name, workspaceId, mail, actors }) => ({
      name,
      workspaceId,
      words: (actor: string) => (actors.includes(actor) ? ['inbox'] : []),
      where: { [column]: mail },
    }));
  return {
    mails: { set: `reason = 'x'`, attempts: () => [], ...mails, rows: [...(mails?.rows ?? []), ...rows('id')] },
    mail_contents: {
      set: `phone = '1'`,
      rows: rows('mailId'),
      attempts: () =>
        bare.map(({ name, workspaceId, mail }) => ({ name, workspaceId, values: { workspaceId, mailId: mail } })),
    },
    mail_files: {
      set: `name = 'b.pdf'`,
      rows: rows('mailId'),
      attempts: () =>
        bare.map(({ name, workspaceId, mail }) => ({ name, workspaceId, values: fileOf(workspaceId, mail) })),
    },
  };
}
