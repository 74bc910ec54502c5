/**
 * Where an installation keeps its state. Built-ins only, since the set-up runs before anything is installed.
 *
 * As root it must be outside the project: PostgreSQL runs as another user there and may not enter root's home.
 */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';

export const isRoot = process.getuid?.() === 0;

/** Owned by root; holds a copy of the PostgreSQL programs and one folder for each project. */
export const rootHome = '/var/lib/lotse';

/**
 * @param {string} project the folder of package.json
 * @returns {string}
 */
export function stateFolder(project) {
  const path = resolve(project);
  if (!isRoot) return join(path, '.lotse');
  return join(rootHome, createHash('sha256').update(path).digest('hex').slice(0, 12));
}
