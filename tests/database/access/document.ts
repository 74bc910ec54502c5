import { readFileSync } from 'node:fs';

/** docs/access.md as data: whatever it says is tried, whatever it does not say must be refused. */

export const operations = ['select', 'insert', 'update', 'delete'] as const;
export type Operation = (typeof operations)[number];

type Line = Record<string, string>;

const text = readFileSync(new URL('../../../docs/access.md', import.meta.url), 'utf8');

const sections = new Map(
  text
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')).trim(), linesOf(section)]),
);

function linesOf(section: string): Line[] {
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  const [head = [], , ...body] = rows;
  return body.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i] ?? ''])));
}

function section(name: string): Line[] {
  const lines = sections.get(name);
  if (!lines?.length) throw new Error(`docs/access.md has no table "${name}"`);
  return lines;
}

/** Name → kind. */
export const actors = new Map(section('Actors').map((line) => [line['actor'] ?? '', line['kind'] ?? '']));

export const words = section('Words in the tables below').map((line) => line['word'] ?? '');

const sight = new Map(section('Tickets by state').map((line) => [line['actor'] ?? '', line]));

export type Sight = '' | 'read' | 'work';

export function sightOf(actor: string, state: string): Sight {
  const cell = sight.get(actor)?.[state] ?? '';
  if (cell !== '' && cell !== 'read' && cell !== 'work') throw new Error(`"${cell}" of ${actor} on ${state}`);
  return cell;
}

const notTables = ['Actors', 'Tickets by state', 'Words in the tables below', 'Functions', 'Columns'];

export const tables = [...sections.keys()].filter((name) => !notTables.includes(name));

/** What this actor may with rows of a table: any of the returned lists of words must hold whole. */
export function grants(actor: string, table: string, operation: Operation): string[][] {
  return section(table)
    .filter((line) => namesOf(actor).includes(line['actor'] ?? ''))
    .map((line) => (line[operation] ?? '').split(' ').filter(Boolean))
    .filter((list) => list.length > 0);
}

/** Who acts in another workspace is there what an administrator is here. */
function namesOf(actor: string): string[] {
  if (actors.get(actor) === 'foreign') return ['administrator', 'team'];
  return [actor, actors.get(actor) ?? ''];
}

/** Function of schema private → roles that may call it. */
export const functions = new Map(
  section('Functions').flatMap((line) =>
    (line['function'] ?? '').split(', ').map((name) => [name, (line['roles'] ?? '').split(', ').sort()]),
  ),
);

/** `table role operation` → columns, for those that a role has in part. */
export const columns = new Map(
  section('Columns').flatMap((line) =>
    ['select', 'insert', 'update'].map((operation) => [
      `${line['table']} ${line['role']} ${operation}`,
      (line[operation] ?? '').split(', ').filter(Boolean),
    ]),
  ),
);
