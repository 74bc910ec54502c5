import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

/*
 * Who may import whom. Rooms of the server stand on floors: an import goes down or stays in its room, never up, never sideways.
 */
const floors: string[][] = [
  // What knows nothing of tickets.
  [
    'config',
    'config-schema',
    'log',
    'plain',
    'part',
    'setup',
    'html',
    'html-depth',
    'mail-document',
    'letters',
    'sealed',
    'gather',
    'hmac',
  ],
  ['database'],
  ['files'],
  ['domain'],
  ['verbs'],
  ['execute'],
  ['auth'],
  ['realtime', 'mail', 'jobs'],
  ['web', 'demo'],
  ['start'],
  ['index'],
];

/** On the ground floor files use each other. */
const together = new Set(floors[0]);

const transports = /^(socket\.io|ws|y-protocols|nodemailer|imapflow|mailparser|smtp-server|@sveltejs\/|pg-boss|\$app)/;

const sources = [...filesIn('server'), ...filesIn('src')].filter((file) => !file.includes('/paraglide/'));
const code = sources.filter((file) => /\.(ts|mjs|js|svelte)$/.test(file));

type Import = { from: string; to: string; asWritten: string };

const imports = code.flatMap((from) =>
  importsOf(from).map((asWritten) => ({ from, to: resolveImport(from, asWritten), asWritten })),
);

test('there is something to check', () => {
  expect(imports.length).toBeGreaterThan(50);
});

describe('the server', () => {
  test('imports downwards only', () => {
    expect(
      offenders(
        imports.filter(({ from, to }) => isServer(from) && isServer(to)),
        isDownwards,
      ),
    ).toEqual([]);
  });

  test('takes nothing but shared and i18n from src', () => {
    const allowed = ({ to }: Import) => /^src\/lib\/(shared|i18n)\//.test(to);
    expect(
      offenders(
        imports.filter(({ from, to }) => isServer(from) && to.startsWith('src/')),
        allowed,
      ),
    ).toEqual([]);
  });

  test('stands in rooms we know', () => {
    const known = new Set(floors.flat());
    expect([...new Set(sources.filter(isServer).map(room))].filter((name) => !known.has(name))).toEqual([]);
  });

  test('keeps sockets, mail and SvelteKit out of the domain', () => {
    const below = imports.filter(({ from }) => /^server\/(domain|database)\//.test(from));
    expect(offenders(below, ({ asWritten }) => !transports.test(asWritten))).toEqual([]);
  });
});

describe('the web app', () => {
  test('reaches the server from server files only, and there not the sockets, mail or jobs', () => {
    const rooms = new Set([
      'config',
      'database',
      'files',
      'execute',
      'domain',
      'auth',
      'log',
      'html',
      'letters',
      'mail-document',
      'plain',
    ]);
    const allowed = ({ from, to }: Import) => isServerFile(from) && rooms.has(room(to));
    expect(
      offenders(
        imports.filter(({ from, to }) => !isServer(from) && isServer(to)),
        allowed,
      ),
    ).toEqual([]);
  });

  test('shares only what is free of everything else', () => {
    const shared = imports.filter(({ from, to }) => /^src\/lib\/(shared|i18n)\//.test(from) && to.startsWith('src/'));
    expect(offenders(shared, ({ to }) => /^src\/lib\/(shared|i18n)\//.test(to))).toEqual([]);
  });

  test('keeps its library free of its routes', () => {
    expect(
      offenders(
        imports.filter(({ from }) => from.startsWith('src/lib/')),
        ({ to }) => !to.startsWith('src/routes/'),
      ),
    ).toEqual([]);
  });

  test('has building blocks that know nothing of tickets', () => {
    const blocks = imports.filter(({ from, to }) => from.startsWith('src/lib/ui/') && to.startsWith('src/'));
    expect(offenders(blocks, ({ to }) => /^src\/lib\/(ui|i18n|shared)\//.test(to))).toEqual([]);
  });
});

test('no source file is longer than 250 lines, and nine in ten are under 150', () => {
  const lengths = sources
    .filter((file) => /\.(ts|mjs|js|svelte|css)$/.test(file))
    .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }));
  expect(lengths.filter(({ lines }) => lines > 250)).toEqual([]);
  expect(lengths.filter(({ lines }) => lines < 150).length / lengths.length).toBeGreaterThanOrEqual(0.9);
});

function isDownwards({ from, to }: Import): boolean {
  const [here, there] = [room(from), room(to)];
  return here === there || floorOf(there) < floorOf(here) || (together.has(here) && together.has(there));
}

function offenders(found: Import[], allowed: (entry: Import) => boolean): string[] {
  return found.filter((entry) => !allowed(entry)).map(({ from, asWritten }) => `${from} imports ${asWritten}`);
}

function room(file: string): string {
  return file.split('/')[1]?.replace(/\.(ts|mjs)$/, '') ?? '';
}

function floorOf(name: string): number {
  return floors.findIndex((floor) => floor.includes(name));
}

function isServer(file: string): boolean {
  return file.startsWith('server/');
}

/** hooks.server.ts, +page.server.ts, +server.ts and their helpers: what Kit keeps from browsers. app.d.ts is types alone. */
function isServerFile(file: string): boolean {
  return /(^|[/.+])server\.ts$/.test(file) || file === 'src/app.d.ts';
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'/g,
  );
  return [...found].map(([, named, bare, dynamic]) => named ?? bare ?? dynamic ?? '').filter(Boolean);
}

/** The file in the repository, or the package's name as it stands. */
function resolveImport(from: string, target: string): string {
  if (target.startsWith('#lib/')) return `src/lib/${target.slice(5)}`;
  if (target.startsWith('$lib/')) return `src/lib/${target.slice(5)}`;
  if (target.startsWith('#server/')) return `server/${target.slice(8)}`;
  return target.startsWith('.') ? relative('.', join(dirname(from), target)) : target;
}

function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesIn(`${path}/${name}`));
}
