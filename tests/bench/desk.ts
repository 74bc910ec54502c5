import { randomUUID } from 'node:crypto';
import { startEmbedded, type Embedded } from '#server/database/embedded.ts';
import { forgetKeys } from '#server/database/keys.ts';
import { migrate } from '#server/database/migrate.ts';
import { close, connect, open, type Sql } from '#server/database/pool.ts';
import { addMember, createCast, run, type Cast, type Member } from '../support/cast.ts';

/** As many connections as a server has by default. */
export const connections = 12;

export type Desk = {
  url: string;
  /** What a server signs in with. */
  appUrl: string;
  owner: Sql;
  cast: Cast;
  /** Members who may claim from the pool. */
  team: Member[];
  /** Unclaimed ones of the pool, oldest first. */
  tickets: string[];
  drop(): Promise<void>;
};

export type Cluster = Embedded & {
  /** A fresh desk, opened as this process's database. */
  desk(size: { tickets: number; team?: number; pools?: number; connections?: number }): Promise<Desk>;
};

/** A PostgreSQL of our own with its usual settings: what it says is committed is on the disk. */
export async function startCluster(): Promise<Cluster> {
  const embedded = await startEmbedded({ persistent: false });
  await migrate(await createDatabase(embedded.url, 'lotse_template'));
  return { ...embedded, desk: (size) => createDesk(embedded.url, size) };
}

type Size = Parameters<Cluster['desk']>[0];

async function createDesk(cluster: string, { tickets, team = 1, pools = 1, connections: most }: Size): Promise<Desk> {
  const name = `bench_${randomUUID().slice(0, 8)}`;
  const url = await createDatabase(cluster, name, 'lotse_template');
  const appUrl = await migrate(url);
  open(appUrl, { connections: most ?? connections, name: 'lotse bench' });
  forgetKeys();
  const owner = connect(url, { connections: 2, name: 'lotse bench owner' });
  const cast = await createCast();
  const members: Member[] = [];
  for (let i = 0; i < team; i++) {
    const member = await addMember(cast.workspaceId, `Agent ${i + 1}`, 'member');
    await run(cast.ada, 'pool.setAccess', { pool: cast.heating, member: member.memberId, allowed: true });
    members.push(member);
  }
  for (let i = 2; i <= pools; i++) await run(cast.ada, 'pool.create', { name: `Haus ${i}` });
  const ids = await fill(owner, cast, { tickets, pools });
  return {
    url,
    appUrl,
    owner,
    cast,
    team: members,
    tickets: ids,
    async drop() {
      await close();
      await owner.end({ timeout: 5 });
      await onCluster(cluster, (sql) => sql.unsafe(`drop database ${name} with (force)`));
    },
  };
}

type Filling = { tickets: number; pools: number };

/** Tickets of 200 customers, by the owner at one go; over several pools each fifth of them is somebody's already. */
async function fill(owner: Sql, { workspaceId, heating, ben }: Cast, { tickets, pools }: Filling) {
  await owner`
    insert into lotse.contacts (workspace_id, name)
    select ${workspaceId}, 'Erika Mustermann ' || i from generate_series(1, 200) i
  `;
  const rows = await owner<{ id: string }[]>`
    with pool as (
      select id, row_number() over (order by id <> ${heating}, id) - 1 as place
      from lotse.pools
      where workspace_id = ${workspaceId}
      order by place
      limit ${pools}
    ),
    contact as (select id, row_number() over (order by id) - 1 as place from lotse.contacts where workspace_id = ${workspaceId})
    insert into lotse.tickets (
      workspace_id, number, subject, pool_id, requester_id, responsible_member_id, priority, channel, tags,
      created_at, last_customer_at, last_message_at, waiting_since
    )
    select
      ${workspaceId}, 1000 + i, 'Im ' || i || '. Stock tropft der Hahn, seit Montag wird es schlimmer', pool.id, contact.id,
      case when ${pools} > 1 and i % 5 = 0 then ${ben.memberId}::uuid end,
      (array['normal', 'normal', 'high', 'low'])[1 + i % 4], 'mail', array['sanitär'],
      at.at, at.at, at.at, at.at
    from generate_series(1, ${tickets}::int) i
    join pool on pool.place = i % ${pools}
    join contact on contact.place = i % 200
    cross join lateral (select now() - make_interval(mins => ${tickets} - i) as at) at
    returning id
  `;
  await owner`update lotse.workspace_counters set ticket_number = 1000 + ${tickets} where workspace_id = ${workspaceId}`;
  await owner`analyze`;
  await owner`checkpoint`;
  return rows.map((row) => row.id);
}

async function createDatabase(cluster: string, name: string, template = 'template1'): Promise<string> {
  await onCluster(cluster, (sql) => sql.unsafe(`create database ${name} template ${template}`));
  const url = new URL(cluster);
  url.pathname = `/${name}`;
  return url.toString();
}

async function onCluster(url: string, work: (sql: Sql) => Promise<unknown>): Promise<void> {
  const sql = connect(url, { connections: 1, name: 'lotse bench' });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
