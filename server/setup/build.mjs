import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nodeOf } from './install.mjs';
import { runQuietly } from './run-program.mjs';
import { isFull, say, Sentence } from './say.mjs';

const messages = [
  'package-lock.json',
  '.config/paraglide.ts',
  'src/lib/i18n/project.inlang/settings.json',
  'src/lib/i18n/messages',
];
const everything = [
  'src/lib/i18n/project.inlang/settings.json',
  'package-lock.json',
  'package.json',
  'svelte.config.js',
  'vite.config.ts',
  'tsconfig.json',
  '.config',
  'src',
  'static',
  'server',
];

/** Written by the build itself: compiled messages, and the compiler's own cache beside its settings. */
const generated = ['src/lib/i18n/paraglide', 'src/lib/i18n/project.inlang'];

const messagesStamp = 'node_modules/.lotse/messages';

/**
 * Vite is about to compile them too: should that be cut off, the next start must not take them for whole.
 * @param {string} project
 */
export function forgetMessages(project) {
  rmSync(join(project, messagesStamp), { force: true });
}

/**
 * The messages for plain Node.
 * @param {string} project
 */
export async function compileMessages(project) {
  await unlessDone(project, { stamp: messagesStamp, made: 'src/lib/i18n/paraglide/messages.js', from: messages }, () =>
    tool(project, 'The messages could not be compiled', ['server/setup/i18n.mjs']),
  );
}

/**
 * Kit's generated types and tsconfig.
 * @param {string} project
 */
export async function sync(project) {
  await tool(project, 'The types could not be generated', ['node_modules/@sveltejs/kit/svelte-kit.js', 'sync']);
}

/** @param {string} project */
export async function build(project) {
  await unlessDone(project, { stamp: 'build/.from', made: 'build/handler.js', from: everything }, async () => {
    forgetMessages(project);
    say('Building (after a change; half a minute) …');
    await tool(project, 'The build failed', ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn']);
  });
}

/**
 * @param {string} project
 * @param {string} failure
 * @param {string[]} args
 */
async function tool(project, failure, args) {
  // Vite and Paraglide look at it; what the person's shell says is not meant for the build.
  const { ok, output } = await runQuietly(nodeOf(project), args, {
    cwd: project,
    timeoutMs: 10 * 60_000,
    env: { NODE_ENV: 'production', NO_COLOR: '1' },
  });
  if (ok) return;
  if (isFull(output)) throw new Sentence(`${failure}: the disk is full.`);
  // Here it is the code that is wrong, and the tool's own words point at the line.
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
  say(lines.slice(-25).join('\n'));
  throw new Sentence(`${failure}; the reason stands above.`);
}

/**
 * Skips work whose sources are as they were. The stamp is written last, so that a kill in between means: again.
 * @param {string} project
 * @param {{ stamp: string, made: string, from: string[] }} what
 * @param {() => Promise<void>} work
 */
async function unlessDone(project, { stamp, made, from }, work) {
  const file = join(project, stamp);
  const digest = hash(project, from);
  if (existsSync(join(project, made)) && existsSync(file) && readFileSync(file, 'utf8') === digest) return;
  rmSync(file, { force: true });
  await work();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, digest);
}

/**
 * @param {string} project
 * @param {string[]} paths
 */
function hash(project, paths) {
  const digest = createHash('sha256');
  for (const file of paths.flatMap((path) => filesIn(project, path))) {
    digest
      .update(`${file}\0`)
      .update(readFileSync(join(project, file)))
      .update('\0');
  }
  return digest.digest('hex');
}

/**
 * @param {string} project
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(project, path) {
  if (generated.includes(path) || !existsSync(join(project, path))) return [];
  if (!statSync(join(project, path)).isDirectory()) return [path];
  return readdirSync(join(project, path))
    .sort()
    .flatMap((name) => filesIn(project, `${path}/${name}`));
}
