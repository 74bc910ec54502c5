import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCast, createTicket, type Cast, type Member } from '../support/cast.ts';
import { createLiveDatabase, signInAs, slugOf } from '../support/live.ts';
import type { TestDatabase } from '../support/database.ts';
import { openNotesOf, reads, startKillable, storedText, synced, type Killable, type Notes } from '../support/notes.ts';
import { startRelay, type Relay } from '../support/relay.ts';
import { startRedis, type Redis } from '../support/redis.ts';

let database: TestDatabase;
let cast: Cast;
let slug: string;
let redis: Redis;
let processes: Killable[];
const open: Notes[] = [];
const relays: Relay[] = [];

const start = () => startKillable(database.url, 0, { REDIS_URL: redis.url });

async function edit(at: { port: number }, member: Member, ticket: string): Promise<Notes> {
  const { cookie } = await signInAs(database, member);
  const notes = openNotesOf(at, { slug, ticket, cookie });
  open.push(notes);
  return synced(notes);
}

/** Resolves once somebody else's cursor is seen at this place, or, for null, no more. */
const cursorIs = ({ provider: { awareness } }: Notes, wanted: number | null) =>
  new Promise<void>((resolve) => {
    const look = () => {
      const others = [...awareness.getStates()].filter(([id]) => id !== awareness.clientID);
      const at = others.map(([, state]) => state['cursor'] as { at: number } | null);
      if (wanted === null ? at.length > 0 : !at.some((cursor) => cursor?.at === wanted)) return;
      awareness.off('change', look);
      resolve();
    };
    awareness.on('change', look);
    look();
  });

beforeAll(async () => {
  redis = await startRedis();
  database = await createLiveDatabase();
  cast = await createCast();
  slug = await slugOf(database, cast.workspaceId);
  processes = await Promise.all([start(), start()]);
});
afterEach(async () => {
  open.splice(0).forEach((notes) => notes.stop());
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
});
afterAll(async () => {
  await Promise.all(processes.map((process) => process.kill()));
  await redis.stop();
  await database.drop();
});

const both = (): [Killable, Killable] => {
  const [one, two] = processes;
  if (!one || !two) throw new Error('Two processes run');
  return [one, two];
};

describe('notes that are open in two processes', () => {
  test('converge while two people type at once', async () => {
    const [one, two] = both();
    const ticket = await createTicket(cast);
    const [ada, mona] = [await edit(one, cast.ada, ticket), await edit(two, cast.mona, ticket)];
    for (let i = 0; i < 30; i++) {
      ada.text.insert(0, 'a');
      mona.text.insert(mona.text.length, 'm');
    }
    const sorted = ({ text }: Notes) => ({ toString: () => [...text.toString()].toSorted().join('') });
    const wanted = 'a'.repeat(30) + 'm'.repeat(30);
    await Promise.all([ada, mona].map((notes) => reads({ doc: notes.doc, text: sorted(notes) }, wanted)));
    expect(ada.text.toString()).toBe(mona.text.toString());
    expect(await storedText(cast.workspaceId, ticket)).toBe(ada.text.toString());
  });

  test('show the cursor of the other, also to who comes later, until it goes', async () => {
    const [one, two] = both();
    const ticket = await createTicket(cast);
    const [ada, mona] = [await edit(one, cast.ada, ticket), await edit(two, cast.mona, ticket)];
    ada.provider.awareness.setLocalState({ user: { name: 'Somebody else' }, cursor: { at: 3 } });
    await cursorIs(mona, 3);
    const users = [...mona.provider.awareness.getStates().values()].map((state) => state['user'] as { name: string });
    expect(users.map((user) => user?.name)).toContain(cast.ada.name);
    const late = await edit(two, cast.mona, ticket);
    await cursorIs(late, 3);
    mona.stop();
    late.stop();
    const later = await edit(two, cast.mona, ticket);
    await cursorIs(later, 3);
    ada.stop();
    await cursorIs(later, null);
  });

  test('keep everything when the process of somebody who types is killed, and nothing twice', async () => {
    const [one, two] = both();
    const ticket = await createTicket(cast);
    const relay = await startRelay(one.port);
    relays.push(relay);
    const [ada, mona] = [await edit(relay, cast.ada, ticket), await edit(two, cast.mona, ticket)];
    const half = new Promise<void>((resolve) => mona.doc.on('update', () => mona.text.length > 20 && resolve()));
    let typed = '';
    const type = () => {
      const letter = String.fromCharCode(97 + (typed.length % 26));
      ada.text.insert(ada.text.length, letter);
      typed += letter;
    };
    const typing = setInterval(type, 3);
    await half;
    // As a proxy does: whoever comes back is sent to the one that is left.
    relay.target = two.port;
    await one.kill();
    const seen = mona.text.toString();
    expect(typed.startsWith(seen)).toBe(true);
    const back = new Promise<void>((resolve) => ada.provider.on('sync', (isSynced: boolean) => isSynced && resolve()));
    await back;
    clearInterval(typing);
    type();
    await reads(mona, typed);
    expect(ada.text.toString()).toBe(typed);
    expect(await storedText(cast.workspaceId, ticket)).toBe(typed);
    processes[0] = await start();
  });

  test('reach a reader also when the process died before it could tell', async () => {
    const [, two] = both();
    const ticket = await createTicket(cast);
    const mona = await edit(two, cast.mona, ticket);
    const writer = await edit(two, cast.ada, ticket);
    writer.text.insert(0, 'Erst. ');
    await reads(mona, 'Erst. ');
    writer.stop();
    // What a process stored that was killed before its NOTIFY: the row alone.
    const { doc, text } = writer;
    const update = new Promise<Uint8Array>((resolve) => doc.once('update', (bytes: Uint8Array) => resolve(bytes)));
    text.insert(text.length, 'Dann.');
    await database.owner.begin(async (sql) => {
      const [note] = await sql<{ lastSeq: number }[]>`
        update lotse.notes set last_seq = last_seq + 1 where ticket_id = ${ticket} returning last_seq
      `;
      await sql`
        insert into lotse.note_updates (workspace_id, ticket_id, generation, seq, bytes, member_id)
        values (${cast.workspaceId}, ${ticket}, 1, ${note?.lastSeq ?? 0}, ${Buffer.from(await update)}, ${cast.ada.memberId})
      `;
    });
    await reads(mona, 'Erst. Dann.');
  });

  test('go on without the Redis, cursors aside', async () => {
    const [one, two] = both();
    const ticket = await createTicket(cast);
    const [ada, mona] = [await edit(one, cast.ada, ticket), await edit(two, cast.mona, ticket)];
    await redis.kill();
    ada.text.insert(0, 'Ohne.');
    await reads(mona, 'Ohne.');
    mona.text.insert(0, 'Auch. ');
    await reads(ada, 'Auch. Ohne.');
    await redis.start();
  });
});
