/**
 * The first thing every npm script starts. It needs only what Node 20 has built in, brings the clone into shape (packages,
 * messages, build) and hands over to Node 24 among the packages.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, compileMessages, forgetMessages, sync } from './build.mjs';
import { install, nodeOf } from './install.mjs';
import { alone } from './lock.mjs';
import { serverOptions } from './node-options.mjs';
import { runInstead, runQuietly } from './run-program.mjs';
import { say, Sentence, sentenceFor } from './say.mjs';
import { provideForTests, runs } from './test-needs.mjs';

const project = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** @type {Record<string, (args: string[]) => Promise<number>>} */
const commands = {
  async start(args) {
    await prepare(build);
    return server('start', args);
  },
  async demo(args) {
    await prepare(build);
    return server('demo', args);
  },
  async dev(args) {
    await prepare(sync);
    forgetMessages(project);
    return server('dev', args);
  },
  async build() {
    await prepare(build);
    return 0;
  },
  async test(args) {
    // The one waits for the network and the disk, the other for the processor.
    const [programs] = await Promise.all([
      provideForTests(args),
      prepare(runs(args, 'browser') || runs(args, 'processes') ? build : sync),
    ]);
    return node(['node_modules/vitest/vitest.mjs', 'run', ...args], programs);
  },
  async bench(args) {
    await prepare(build);
    if (!existsSync(join(project, 'tests/bench/index.ts')))
      throw new Sentence('There is no benchmark in tests/bench yet.');
    return node(['tests/bench/index.ts', ...args]);
  },
  async chaos(args) {
    await prepare(build);
    return node(['--disable-warning=ExperimentalWarning', 'tests/chaos/index.ts', ...args]);
  },
  async simulate(args) {
    await prepare(sync);
    return node(['tests/scale/index.ts', ...args]);
  },
  async races(args) {
    await prepare(sync);
    return node(['tests/bench/run-races.ts', ...args]);
  },
  async corpus(args) {
    await prepare(sync);
    return node(['server/mail/corpus.ts', ...args]);
  },
  async check() {
    await prepare(sync);
    say(`Checking ${checks.map(([name]) => name).join(', ')} …`);
    const left = [...checks];
    let failed = 0;
    const lane = async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [name, args] = next;
        const { ok, output } = await runQuietly(nodeOf(project), args, { cwd: project, timeoutMs: 15 * 60_000 });
        if (!ok) failed += 1;
        say(`${output.trimEnd()}\nChecked ${name}: ${ok ? 'right' : 'wrong'}.`.trimStart());
      }
    };
    // Each keeps one core busy for most of its time.
    await Promise.all(Array.from({ length: availableParallelism() }, lane));
    if (failed > 0) say(`${failed} of ${checks.length} checks failed.`);
    return failed > 0 ? 1 : 0;
  },
};

/** @type {[string, string[]][]} */
const checks = [
  // Given a tsconfig it checks all TypeScript of it, with TypeScript's own words: tsc beside it said everything twice.
  ['types and Svelte', ['node_modules/svelte-check/bin/svelte-check', '--fail-on-warnings', '--output', 'human']],
  ['lint', ['node_modules/eslint/bin/eslint.js', '--config', '.config/eslint.config.js', '--max-warnings', '0', '.']],
  ['format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']],
];

/** @param {(project: string) => Promise<void>} last */
async function prepare(last) {
  await alone(project, async () => {
    await install(project);
    await compileMessages(project);
    await last(project);
  });
}

/**
 * @param {string} mode
 * @param {string[]} args
 */
function server(mode, args) {
  const env = { LOTSE_MODE: mode, NODE_ENV: mode === 'dev' ? 'development' : 'production' };
  // The demo's output is for reading; an operator's is for a collector.
  /** @type {Record<string, string>} */
  const quiet = mode === 'demo' && !process.env['LOG_LEVEL'] ? { LOG_LEVEL: 'warn' } : {};
  return node([...serverOptions, 'server/index.ts', ...args], { ...env, ...quiet }, true);
}

/**
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @param {boolean} [tie]
 */
function node(args, env = {}, tie = false) {
  return runInstead(nodeOf(project), args, { cwd: project, env, tie });
}

const [name = '', ...args] = process.argv.slice(2);
try {
  const command = commands[name];
  if (!command) throw new Sentence(`There is no command "${name}"; there are ${Object.keys(commands).join(', ')}.`);
  process.exitCode = await command(args);
} catch (error) {
  say(sentenceFor(error));
  process.exitCode = 1;
}
