import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

const version = z.object({ version: z.string() });

/** SvelteKit's version of the built web app, for pages to see that they are outdated; `dev` where Vite serves it. */
export function buildVersion(): string {
  try {
    return version.parse(JSON.parse(readFileSync(resolve('build/client/_app/version.json'), 'utf8'))).version;
  } catch {
    // Nothing is built: development, or a test.
    return 'dev';
  }
}
