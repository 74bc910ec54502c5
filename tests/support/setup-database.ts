import type { TestProject } from 'vitest/node';
import { migrate } from '#server/database/migrate.ts';
import { connect } from '#server/database/pool.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the test cluster's owner; each test file takes a copy of the template (tests/support/database.ts). */
    ownerUrl: string;
  }
}

type Cluster = { url: string; stop(): Promise<void> };

// Each project loads a copy of this file, and all of them share one cluster: starting and migrating one takes seconds.
const shared: { [key: symbol]: { cluster: Promise<Cluster>; users: number } | undefined } = globalThis;
const place = Symbol.for('lotse.tests.cluster');

/** One throw-away cluster for a run, or the one that LOTSE_TEST_DATABASE_URL names, with a migrated template database. */
export default async function setup(project: TestProject) {
  const entry = (shared[place] ??= { cluster: startMigrated(), users: 0 });
  entry.users += 1;
  const cluster = await entry.cluster;
  project.provide('ownerUrl', cluster.url);
  return async () => {
    entry.users -= 1;
    if (entry.users > 0) return;
    shared[place] = undefined;
    await cluster.stop();
  };
}

async function startMigrated(): Promise<Cluster> {
  const cluster = await startCluster();
  const owner = connect(cluster.url, { connections: 1, name: 'lotse tests' });
  await owner`drop database if exists lotse_template`;
  await owner`create database lotse_template`;
  await owner.end();
  const template = new URL(cluster.url);
  template.pathname = '/lotse_template';
  await migrate(template.toString());
  return cluster;
}

async function startCluster(): Promise<Cluster> {
  const given = process.env['LOTSE_TEST_DATABASE_URL'];
  if (given) return { url: given, stop: () => Promise.resolve() };
  const { startEmbedded } = await import('#server/database/embedded.ts');
  return startEmbedded({ persistent: false, fast: true });
}
