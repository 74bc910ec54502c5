import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { afterAll, expect, test } from 'vitest';
import { serverOnly } from '../../../.config/server-only.ts';

const folder = mkdtempSync(join(tmpdir(), 'lotse-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('code for a browser that imports the server does not build', async () => {
  await expect(bundle('#server/plain.ts')).rejects.toThrow(
    /entry\.js runs in a browser and must not import #server\/plain\.ts/,
  );
});

test('nor by a path', async () => {
  await expect(bundle(resolve('server/plain.ts'))).rejects.toThrow(
    /plain\.ts belongs to the server and must not reach a browser/,
  );
});

test('code for the server does', async () => {
  await bundle(resolve('server/plain.ts'), true);
});

async function bundle(target: string, ssr = false): Promise<void> {
  const entry = join(folder, 'entry.js');
  writeFileSync(entry, `import { PlainError } from ${JSON.stringify(target)};\nconsole.log(PlainError);\n`);
  await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    plugins: [serverOnly(resolve('server'))],
    build: { write: false, ssr, rollupOptions: { input: entry } },
  });
}
