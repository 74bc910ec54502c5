import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { forgetKeys } from '#server/database/keys.ts';
import { migrate } from '#server/database/migrate.ts';
import { close, connect, open, type Sql } from '#server/database/pool.ts';

export type TestDatabase = {
  /** The owner's address, for a server under test. */
  url: string;
  /** The owner's connection: sees everything; for looking, never for doing what a command does. */
  owner: Sql;
  drop(): Promise<void>;
};

type Options = {
  connections?: number;
  /** What it is a copy of: empty, or the demo's desk (setup-browser.ts). */
  template?: 'lotse_template' | 'lotse_demo';
  /** The owner's address of another cluster than this run's, such as an older PostgreSQL: migrated there from nothing. */
  cluster?: string;
};

/** A fresh copy of a migrated template, opened as this process's database. */
export async function createTestDatabase({ connections = 8, ...options }: Options = {}): Promise<TestDatabase> {
  const name = `lotse_test_${randomBytes(6).toString('hex')}`;
  const cluster = options.cluster ?? inject('ownerUrl');
  const template = options.cluster ? '' : `template ${options.template ?? 'lotse_template'}`;
  await onCluster(cluster, (sql) => sql.unsafe(`create database ${name} ${template}`));
  const address = new URL(cluster);
  address.pathname = `/${name}`;
  const url = address.toString();
  open(await migrate(url), { connections, name: 'lotse test' });
  forgetKeys();
  const owner = connect(url, { connections: 2, name: 'lotse test owner' });
  return {
    url,
    owner,
    async drop() {
      await close();
      await owner.end({ timeout: 5 });
      await onCluster(cluster, (sql) => sql.unsafe(`drop database ${name} with (force)`));
    },
  };
}

async function onCluster(url: string, work: (sql: Sql) => Promise<unknown>): Promise<void> {
  const sql = connect(url, { connections: 1, name: 'lotse tests' });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
