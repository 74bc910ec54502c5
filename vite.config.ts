import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import { paraglide } from './.config/paraglide.ts';
import { serverOnly } from './.config/server-only.ts';

const root = import.meta.dirname;
const underTest = process.env['VITEST'] !== undefined;

// Each test project would compile the messages again while the others read them; the set-up did it once before.
const messages = underTest ? [] : [paraglideVitePlugin(paraglide)];

type Project = { name: string; order: number; timeoutMs: number; parallel?: boolean };

function project({ name, order, timeoutMs, parallel = true }: Project) {
  const setup = `tests/support/setup-${name}.ts`;
  return {
    extends: true as const,
    test: {
      name,
      include: [`tests/${name}/**/*.test.ts`],
      globalSetup: existsSync(resolve(root, setup)) ? [setup] : [],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs * 2,
      // By itself Vitest leaves one core to itself, which on two means one file after the other.
      maxWorkers: parallel ? Math.max(2, availableParallelism() - 1) : 1,
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
    projects: [
      project({ name: 'unit', order: 0, timeoutMs: 10_000 }),
      project({ name: 'database', order: 1, timeoutMs: 60_000 }),
      project({ name: 'mail', order: 2, timeoutMs: 60_000 }),
      project({ name: 'processes', order: 3, timeoutMs: 120_000 }),
      // One after the other: two browsers beside their servers would make every timeout a matter of luck on two cores.
      project({ name: 'browser', order: 4, timeoutMs: 120_000, parallel: false }),
    ],
  },
});
