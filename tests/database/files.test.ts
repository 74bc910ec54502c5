import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { customerTicketBytes } from '#lib/shared/limits.ts';
import { folderHome } from '#server/files/folder.ts';
import type { FileHome } from '#server/files/home.ts';
import { sweep } from '#server/files.ts';
import { createCast, createTicket, linkFor, refusal, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let db: TestDatabase;
let cast: Cast;
let folder: string;
let home: FileHome;

beforeAll(async () => {
  db = await createTestDatabase();
  cast = await createCast();
});
afterAll(() => db.drop());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-files-'));
  home = folderHome(folder);
  return () => rm(folder, { recursive: true });
});

async function* bytes(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

async function everything(): Promise<string[]> {
  return (await readdir(folder, { recursive: true, withFileTypes: true })).filter((e) => e.isFile()).map((e) => e.name);
}

describe('the folder', () => {
  test('gives back what was put in, whole or in part', async () => {
    const stored = await home.put(bytes('Heizung ', 'kalt'), 100);
    expect(stored).toMatchObject({ size: 12, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await textOf(await home.open(stored.storageKey))).toBe('Heizung kalt');
    expect(await textOf(await home.open(stored.storageKey, { start: 8, end: 9 }))).toBe('ka');
  });

  test('stops what is too large and keeps nothing of it', async () => {
    await expect(home.put(bytes('12345', '67890'), 8)).rejects.toThrow('file.tooLarge');
    expect(await everything()).toEqual([]);
  });

  test('keeps nothing of an upload that broke off', async () => {
    async function* broken() {
      yield Buffer.from('half');
      throw new Error('connection lost');
    }
    await expect(home.put(broken(), 100)).rejects.toThrow('connection lost');
    expect(await everything()).toEqual([]);
  });

  test('knows no key that is not one of its own', async () => {
    for (const key of ['../../etc/passwd', '', 'x'.repeat(36)])
      await expect(home.open(key)).rejects.toThrow('file.notFound');
    await expect(home.open('00000000-0000-4000-8000-000000000000')).rejects.toThrow('file.notFound');
  });
});

test('a sweep takes bytes without a row, and half-written ones, but no young or known ones', async () => {
  const ticket = await createTicket(cast);
  const known = await home.put(bytes('known'), 100);
  const lost = await home.put(bytes('lost'), 100);
  const young = await home.put(bytes('young'), 100);
  await run(cast.ada, 'file.add', { ticket, visibility: 'internal', name: 'a.txt', mime: 'text/plain', ...known });
  await writeFile(join(folder, lost.storageKey.slice(0, 2), 'dead.part'), 'half');
  const past = new Date(Date.now() - 48 * 3600 * 1000);
  for (const { storageKey } of [known, lost])
    await utimes(join(folder, storageKey.slice(0, 2), storageKey), past, past);
  await utimes(join(folder, lost.storageKey.slice(0, 2), 'dead.part'), past, past);

  expect(await sweep(home)).toBe(1);
  expect((await everything()).sort()).toEqual([known.storageKey, young.storageKey].sort());
});

describe('who may hang a file on a ticket', () => {
  const file = {
    visibility: 'internal' as const,
    name: 'plan.pdf',
    mime: 'application/pdf',
    size: 5,
    sha256: 'a'.repeat(64),
    storageKey: '00000000-0000-4000-8000-000000000001',
  };

  test('whoever may work on it; nobody who only sees it or does not', async () => {
    const ticket = await createTicket(cast);
    expect(await refusal(cast.mona, 'file.add', { ticket, ...file })).toBeNull();
    expect(await refusal(cast.ben, 'file.add', { ticket, ...file })).toBe('forbidden');
    expect(await refusal(cast.cleo, 'file.add', { ticket, ...file })).toBe('forbidden');
    expect(await refusal(cast.zoe, 'file.add', { ticket, ...file })).not.toBeNull();
  });

  test('a customer as long as the ticket is open, and never an internal one', async () => {
    const ticket = await createTicket(cast);
    const link = await linkFor(cast, ticket);
    await run(link, 'file.add', { ticket, ...file, storageKey: '00000000-0000-4000-8000-000000000002' });
    const [row] = await db.owner`select visibility from lotse.files where ticket_id = ${ticket}`;
    expect(row?.['visibility']).toBe('public');
    await run(cast.ada, 'ticket.close', { ticket, inform: false });
    expect(await refusal(link, 'file.add', { ticket, ...file })).toBe('ticket.closed');
  });

  test('customers together up to a limit, at once too, which does not concern the team', async () => {
    const ticket = await createTicket(cast);
    const link = await linkFor(cast, ticket);
    const size = 25 * 1024 * 1024;
    const large = () => ({ ticket, ...file, size, storageKey: randomUUID() });
    const most = customerTicketBytes / size;
    const codes = await Promise.all(Array.from({ length: most + 3 }, () => refusal(link, 'file.add', large())));
    expect(codes.filter((code) => code === null)).toHaveLength(most);
    expect(codes.filter((code) => code === 'file.ticketFull')).toHaveLength(3);
    expect(await refusal(cast.ada, 'file.add', large())).toBeNull();
  });

  test('programs and giants are refused', async () => {
    const ticket = await createTicket(cast);
    expect(await refusal(cast.ada, 'file.add', { ticket, ...file, name: 'gratis.exe' })).toBe('file.refused');
    expect(await refusal(cast.ada, 'file.add', { ticket, ...file, size: 26 * 1024 * 1024 })).toBe('file.tooLarge');
  });
});
