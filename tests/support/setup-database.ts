import type { TestProject } from 'vitest/node';
import { migrate } from '#server/database/migrate.ts';
import { connect } from '#server/database/pool.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the test cluster's owner; each test file takes a copy of the template (tests/support/database.ts). */
    ownerUrl: string;
  }
}

/** One throw-away cluster for a run, or the one that LOTSE_TEST_DATABASE_URL names, with a migrated template database. */
export default async function setup(project: TestProject) {
  const cluster = await startCluster();
  const owner = connect(cluster.url, { connections: 1, name: 'lotse tests' });
  await owner`drop database if exists lotse_template`;
  await owner`create database lotse_template`;
  await owner.end();
  const template = new URL(cluster.url);
  template.pathname = '/lotse_template';
  await migrate(template.toString());
  project.provide('ownerUrl', cluster.url);
  return () => cluster.stop();
}

async function startCluster(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env['LOTSE_TEST_DATABASE_URL'];
  if (given) return { url: given, stop: () => Promise.resolve() };
  const { startEmbedded } = await import('#server/database/embedded.ts');
  return startEmbedded({ persistent: false, fast: true });
}
