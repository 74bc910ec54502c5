import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { closeAuth, openAuth } from '#server/auth/home.ts';
import { decide } from '#server/config.ts';
import { migrate } from '#server/database/migrate.ts';
import { close, connect, open } from '#server/database/pool.ts';
import { plant } from '#server/demo/plant.ts';
import setUpDatabase from './setup-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the files of the planted desk lie, whose rows are in the template `lotse_demo`. */
    demoFiles: string;
  }
}

/** Beside the empty template the demo's desk, planted once: each test of a browser takes a copy of it (desk.ts). */
export default async function setup(project: TestProject) {
  const stop = await setUpDatabase(project);
  const files = await mkdtemp(join(tmpdir(), 'lotse-demo-'));
  await plantTemplate(project.getProvidedContext().ownerUrl, files);
  project.provide('demoFiles', files);
  return async () => {
    await rm(files, { recursive: true, force: true });
    await stop();
  };
}

async function plantTemplate(cluster: string, files: string): Promise<void> {
  const owner = connect(cluster, { connections: 1, name: 'lotse tests' });
  await owner`drop database if exists lotse_demo`;
  await owner`create database lotse_demo template lotse_template`;
  await owner.end();
  const template = new URL(cluster);
  template.pathname = '/lotse_demo';
  open(await migrate(template.toString()), { connections: 4, name: 'lotse tests' });
  decide({ FILES_DIR: files });
  await openAuth({ databaseUrl: template.toString(), supabase: null });
  await plant();
  await closeAuth();
  await close();
}
