import { existsSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freeMegabytes, runQuietly } from './run-program.mjs';
import { say, Sentence, sentenceFromOutput } from './say.mjs';

const neededMegabytes = 1500;

/**
 * Node 24 from the packages; the machine's own may be older.
 * @param {string} project
 */
export function nodeOf(project) {
  return join(project, 'node_modules/node/bin/node');
}

/** @param {string} project */
export async function install(project) {
  if (isInstalled(project)) return;
  const free = freeMegabytes(project);
  if (free < neededMegabytes) {
    throw new Sentence(`The disk is too full: the packages need about ${neededMegabytes} MB, and ${free} are free.`);
  }
  say('Installing packages (once; a minute or two) …');
  // The npm that runs us, on the machine's own Node: the one among the packages is about to be replaced.
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  const [command, first] = npm && node ? [node, [npm]] : ['npm', []];
  const options = [
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--fetch-retries=2',
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=5000',
  ];
  const run = (/** @type {string[]} */ ...args) =>
    runQuietly(command, [...first, ...args, ...options], { cwd: project, timeoutMs: 20 * 60_000 });
  let { ok, output } = await run('ci');
  // npm forgets the lock entries of optional packages for other machines when it adds a package, and then refuses its own
  // lock file (npm/cli#4828). Everything that is locked is still installed as locked.
  if (!ok && output.includes('EUSAGE')) ({ ok, output } = await run('install', '--no-save'));
  if (!ok) throw new Sentence(sentenceFromOutput('The packages could not be installed', output));
  if (!runs(nodeOf(project))) {
    throw new Sentence(
      'Node 24 from the packages does not run here; Lotse needs Linux with glibc, or macOS, on x64 or arm64.',
    );
  }
}

/** @param {string} project */
function isInstalled(project) {
  const wanted = packagesIn(join(project, 'package-lock.json'));
  const present = packagesIn(join(project, 'node_modules/.package-lock.json'));
  if (!wanted) throw new Sentence('package-lock.json is missing; clone the project again.');
  if (!present || !runs(nodeOf(project))) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    const found = present[path];
    // Optional ones are for other machines, as a rule.
    return found ? found.version === version : Boolean(optional ?? devOptional);
  });
}

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean }} Package */

/**
 * @param {string} lockFile
 * @returns {Record<string, Package> | null}
 */
function packagesIn(lockFile) {
  if (!existsSync(lockFile)) return null;
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages ?? null;
  } catch {
    // Cut off by a kill or a full disk: as good as none.
    return null;
  }
}

/** @param {string} node */
function runs(node) {
  return spawnSync(node, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}
