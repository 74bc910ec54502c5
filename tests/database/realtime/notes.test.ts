import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { WebSocket } from 'ws';
import type * as Y from 'yjs';
import { updatesAfter } from '#server/domain/notes.ts';
import { createCast, createTicket, run, type Cast, type Member } from '../../support/cast.ts';
import { createLiveDatabase, signInAs, slugOf, startLive, type Desk } from '../../support/live.ts';
import { openNotesOf, reads, startKillable, storedText, synced, type Notes } from '../../support/notes.ts';

let desk: Desk;
let cast: Cast;
let slug: string;
const open: Notes[] = [];

beforeAll(async () => {
  desk = { database: await createLiveDatabase(), live: await startLive() };
  cast = await createCast();
  slug = await slugOf(desk.database, cast.workspaceId);
  await run(cast.ada, 'pool.change', { pool: cast.heating, claimBeforeWork: true });
});
afterEach(() => open.splice(0).forEach((notes) => notes.stop()));
afterAll(async () => {
  await desk.live.stop();
  await desk.database.drop();
});

async function edit(
  member: Member,
  ticket: string,
  options: { generation?: number; doc?: Y.Doc } = {},
): Promise<Notes> {
  const { cookie } = await signInAs(desk.database, member);
  const notes = openNotesOf(desk.live, { slug, ticket, cookie, ...options });
  open.push(notes);
  return notes;
}

describe('shared notes', () => {
  test('converge between two editors who type at once', async () => {
    const ticket = await createTicket(cast);
    const [ada, mona] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.mona, ticket))];
    for (let i = 0; i < 40; i++) {
      ada.text.insert(0, 'a');
      mona.text.insert(mona.text.length, 'm');
    }
    const wanted = 'a'.repeat(40) + 'm'.repeat(40);
    const count = (text: string) => [...text].toSorted().join('');
    const both = (notes: Notes) => reads({ ...notes, text: { toString: () => count(notes.text.toString()) } }, wanted);
    await Promise.all([both(ada), both(mona)]);
    expect(ada.text.toString()).toBe(mona.text.toString());
  });

  test('show nobody what is not stored yet, so that what was seen survives a kill', async () => {
    const ticket = await createTicket(cast);
    const [ada, mona] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.mona, ticket))];
    let seenUnstored = 0;
    const checks: Promise<void>[] = [];
    mona.doc.on('update', () => {
      const seen = mona.text.toString();
      checks.push(storedText(cast.workspaceId, ticket).then((kept) => void (kept.startsWith(seen) || seenUnstored++)));
    });
    for (const letter of 'Keller') ada.text.insert(ada.text.length, letter);
    await reads(mona, 'Keller');
    await Promise.all(checks);
    expect(seenUnstored).toBe(0);
  });

  test('survive a restart, and take what was typed meanwhile', async () => {
    const ticket = await createTicket(cast);
    const [ada, mona] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.mona, ticket))];
    ada.text.insert(0, 'Schlüssel beim Hauswart. ');
    await reads(mona, 'Schlüssel beim Hauswart. ');
    await desk.live.stop();
    mona.text.insert(mona.text.length, 'Oder bei Frau Weber.');
    desk.live = await startLive(desk.live.port);
    await reads(ada, 'Schlüssel beim Hauswart. Oder bei Frau Weber.');
    const late = await synced(await edit(cast.ada, ticket));
    expect(late.text.toString()).toBe('Schlüssel beim Hauswart. Oder bei Frau Weber.');
  });

  test('lose nothing when the server is killed while somebody types', async () => {
    const ticket = await createTicket(cast);
    const first = await startKillable(desk.database.url, 0);
    const editor = async (member: Member) => {
      const { cookie } = await signInAs(desk.database, member);
      const notes = await synced(openNotesOf(first, { slug, ticket, cookie }));
      open.push(notes);
      return notes;
    };
    const [ada, mona] = [await editor(cast.ada), await editor(cast.mona)];
    const half = new Promise<void>((resolve) => mona.doc.on('update', () => mona.text.length > 20 && resolve()));
    const typing = setInterval(() => ada.text.insert(ada.text.length, String(ada.text.length % 10)), 3);
    await half;
    await first.kill();
    const seen = mona.text.toString();
    expect((await storedText(cast.workspaceId, ticket)).startsWith(seen)).toBe(true);
    const second = await startKillable(desk.database.url, first.port);
    clearInterval(typing);
    await reads(mona, ada.text.toString());
    expect(await storedText(cast.workspaceId, ticket)).toBe(ada.text.toString());
    expect(ada.text.length).toBeGreaterThan(20);
    await second.kill();
  });

  test('are folded when the last one leaves, and read the same afterwards', async () => {
    const ticket = await createTicket(cast);
    const ada = await synced(await edit(cast.ada, ticket));
    const mona = await synced(await edit(cast.mona, ticket));
    for (const word of ['Eins', 'Zwei', 'Drei']) {
      ada.text.insert(ada.text.length, word);
      await reads(mona, ada.text.toString());
    }
    ada.text.delete(0, 4);
    await reads(mona, 'ZweiDrei');
    ada.stop();
    mona.stop();
    const again = await synced(await edit(cast.mona, ticket));
    expect(again.text.toString()).toBe('ZweiDrei');
    const [row] = await desk.database.owner<{ snapshotSeq: number; lastSeq: number; updates: number }[]>`
      select snapshot_seq, last_seq, (select count(*) from lotse.note_updates u where u.ticket_id = n.ticket_id) as updates
      from lotse.notes n where ticket_id = ${ticket}
    `;
    expect(row).toMatchObject({ snapshotSeq: row?.lastSeq, updates: 0 });
    again.text.insert(0, 'Null');
    const other = await synced(await edit(cast.ada, ticket));
    await reads(other, 'NullZweiDrei');
  });

  test('reach editors of another process', async () => {
    const ticket = await createTicket(cast);
    const second = await startLive();
    const { cookie } = await signInAs(desk.database, cast.mona);
    const ada = await synced(await edit(cast.ada, ticket));
    const mona = await synced(openNotesOf(second, { slug, ticket, cookie }));
    ada.text.insert(0, 'hier ');
    await reads(mona, 'hier ');
    mona.text.insert(5, 'und dort');
    await reads(ada, 'hier und dort');
    mona.stop();
    await second.stop();
  });

  test('take from whoever comes back what is new, and nothing that is known', async () => {
    const ticket = await createTicket(cast);
    const [ada, mona] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.mona, ticket))];
    ada.text.insert(0, 'Kellerraum');
    ada.text.delete(6, 4);
    await reads(mona, 'Keller');
    const stored = async () =>
      (await updatesAfter({ workspaceId: cast.workspaceId, ticketId: ticket, generation: 1 }, 0)).seq;
    const before = await stored();
    const back = async () => {
      ada.provider.connect();
      await synced(ada);
      // What his page answered was heard before.
      const line = ada.provider.ws as unknown as WebSocket;
      line.ping();
      await once(line, 'pong');
    };
    ada.provider.disconnect();
    await back();
    mona.text.insert(6, 's');
    await reads(ada, 'Kellers');
    expect(await stored()).toBe(before + 1);
    ada.provider.disconnect();
    ada.text.delete(0, 1);
    await back();
    await reads(mona, 'ellers');
  });

  test('are not written whole for each letter, however long they are', async () => {
    const ticket = await createTicket(cast);
    const [ada, mona] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.mona, ticket))];
    const write = async (words: string) => {
      ada.text.insert(ada.text.length, words);
      await reads(mona, ada.text.toString());
    };
    for (let i = 0; i < 3; i++) await write('x'.repeat(750_000));
    for (const letter of 'Keller') await write(letter);
    const [row] = await desk.database.owner<{ snapshotSeq: number; lastSeq: number }[]>`
      select snapshot_seq, last_seq from lotse.notes where ticket_id = ${ticket}
    `;
    expect(row).toEqual({ snapshotSeq: 3, lastSeq: 9 });
  });

  test('are stored, and nobody is put out, when the others cannot be woken', async () => {
    const ticket = await createTicket(cast);
    const [ada, mona] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.mona, ticket))];
    let isOut = false;
    ada.provider.on('connection-close', () => (isOut = true));
    await desk.database.owner`revoke execute on function pg_notify from public`;
    onTestFinished(async () => void (await desk.database.owner`grant execute on function pg_notify to public`));
    ada.text.insert(0, 'Heizung');
    await reads(mona, 'Heizung');
    ada.text.insert(7, ' läuft');
    await reads(mona, 'Heizung läuft');
    expect(isOut).toBe(false);
  });

  test('leave one line in the history, however much was typed', async () => {
    const ticket = await createTicket(cast);
    const [ada, mona] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.mona, ticket))];
    for (const letter of 'abc') {
      ada.text.insert(ada.text.length, letter);
      await reads(mona, ada.text.toString());
    }
    const events = await desk.database
      .owner`select 1 from lotse.events where ticket_id = ${ticket} and type = 'note.edited'`;
    expect(events).toHaveLength(1);
  });
});
