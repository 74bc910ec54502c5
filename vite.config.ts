import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './.config/longest-first.ts';
import { paraglide } from './.config/paraglide.ts';
import { serverOnly } from './.config/server-only.ts';

const root = import.meta.dirname;
const underTest = process.env['VITEST'] !== undefined;

// Each test project would compile the messages again while the others read them; the set-up did it once before.
const messages = underTest ? [] : [paraglideVitePlugin(paraglide)];

/**
 * Processes for test files. Most of what a file of servers and mail does is waiting for them: with three for two cores these
 * stood idle half of the time.
 */
const workers = Math.max(4, availableParallelism());

type Project = { name: string; order?: number; timeoutMs: number; most?: number };

/** Those of one `order` run beside each other. */
function project({ name, order = 1, timeoutMs, most = workers }: Project) {
  const setup = `tests/support/setup-${name}.ts`;
  return {
    extends: true as const,
    test: {
      name,
      include: [`tests/${name}/**/*.test.ts`],
      globalSetup: existsSync(resolve(root, setup)) ? [setup] : [],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs * 2,
      maxWorkers: most,
      sequence: { groupOrder: order },
    },
  };
}

export default defineConfig({
  plugins: [serverOnly(resolve(root, 'server')), ...messages, sveltekit()],
  server: { watch: { ignored: ['**/.lotse/**', '**/build/**', '**/tests/**'] } },
  // Its entry points are folders with a package.json, which Node's own resolution refuses.
  ssr: { noExternal: [/^@atlaskit\//] },
  build: { target: 'es2022' },
  test: {
    environment: 'node',
    env: {
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'fatal',
      // A key of their own: none may be left in a folder of the machine.
      SECRETS_KEY: '5e'.repeat(32),
      // The tests start some eighty processes of ours: compiled once, each starts in half the time.
      NODE_COMPILE_CACHE: resolve(root, 'node_modules/.lotse/compiled'),
    },
    sequence: { sequencer: LongestFirst },
    projects: [
      project({ name: 'unit', order: 0, timeoutMs: 10_000 }),
      project({ name: 'database', timeoutMs: 60_000 }),
      project({ name: 'mail', timeoutMs: 60_000 }),
      project({ name: 'processes', timeoutMs: 120_000 }),
      // Two at a time, and last: three browsers beside their servers made each timeout a matter of luck on two cores.
      project({ name: 'browser', order: 2, timeoutMs: 120_000, most: 2 }),
    ],
  },
});
