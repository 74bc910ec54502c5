import { fork } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { updatesAfter } from '#server/domain/notes.ts';
import { tokenFor } from '#server/domain/links.ts';
import { createCast, createTicket, linkFor, run, type Cast, type Member } from '../../support/cast.ts';
import {
  createLiveDatabase,
  openNotesOf,
  signInAs,
  slugOf,
  startLive,
  type Desk,
  type Notes,
} from '../../support/live.ts';

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

type Options = { generation?: number; doc?: Y.Doc };

async function edit(member: Member, ticket: string, options: Options = {}): Promise<Notes> {
  const { cookie } = await signInAs(desk.database, member);
  const notes = openNotesOf(desk.live, { slug, ticket, cookie, ...options });
  open.push(notes);
  return notes;
}

async function synced(notes: Notes): Promise<Notes> {
  if (!notes.provider.synced) await new Promise<void>((resolve) => notes.provider.once('sync', () => resolve()));
  return notes;
}

/** A live server of its own that can be killed. */
async function startKillable(port: number) {
  const child = fork('tests/support/live-process.ts', [desk.database.url, String(port)], { stdio: 'inherit' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const address = await new Promise<{ port: number }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { port: number }));
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}`)));
  });
  return { port: address.port, kill: () => (child.kill('SIGKILL'), exited) };
}

/** Resolves once the text is so. */
function reads({ doc, text }: Notes, wanted: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Reads "${text.toString()}", not "${wanted}"`)), 10_000);
    const look = () => {
      if (text.toString() !== wanted) return;
      clearTimeout(timer);
      doc.off('update', look);
      resolve();
    };
    doc.on('update', look);
    look();
  });
}

async function stored(ticketId: string): Promise<string> {
  const doc = new Y.Doc();
  const { updates } = await updatesAfter({ workspaceId: cast.workspaceId, ticketId, generation: 1 }, 0);
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getText('t').toString();
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
    const both = (notes: Notes) =>
      reads({ ...notes, text: { toString: () => count(notes.text.toString()) } as Y.Text }, wanted);
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
      checks.push(stored(ticket).then((kept) => void (kept.startsWith(seen) || seenUnstored++)));
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
    const first = await startKillable(0);
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
    expect((await stored(ticket)).startsWith(seen)).toBe(true);
    const second = await startKillable(first.port);
    clearInterval(typing);
    await reads(mona, ada.text.toString());
    expect(await stored(ticket)).toBe(ada.text.toString());
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

describe('a reader', () => {
  test('reads along, and his edits are dropped', async () => {
    const ticket = await createTicket(cast);
    const [ada, ben] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.ben, ticket))];
    ben.text.insert(0, 'Unfug');
    ada.text.insert(0, 'Plan');
    await new Promise<void>((resolve) => {
      const look = () => ben.text.toString().includes('Plan') && resolve();
      ben.doc.on('update', look);
      look();
    });
    expect(ada.text.toString()).toBe('Plan');
    expect(await stored(ticket)).toBe('Plan');
  });

  test('who claims the ticket may write from then on, and no more when it is given away', async () => {
    const ticket = await createTicket(cast);
    const [ada, ben] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.ben, ticket))];
    const renewed = new Promise<void>((resolve) => ben.provider.on('sync', (state: boolean) => state && resolve()));
    await run(cast.ben, 'ticket.claim', { ticket });
    await renewed;
    ben.text.insert(0, 'Ich bin dran.');
    await reads(ada, 'Ich bin dran.');
    const told = new Promise<void>((resolve) => (ben.provider.messageHandlers[2] = () => resolve()));
    await run(cast.ada, 'ticket.assign', { ticket, member: cast.mona.memberId });
    await told;
    ben.text.insert(0, 'Doch nicht. ');
    ada.text.insert(0, 'Mona. ');
    await reads(ada, 'Mona. Ich bin dran.');
    expect(await new Promise((resolve) => setImmediate(() => resolve(ada.text.toString())))).toBe(
      'Mona. Ich bin dran.',
    );
  });

  test('who loses sight of the ticket is put out at once', async () => {
    const ticket = await createTicket(cast);
    const [ada, ben] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.ben, ticket))];
    await run(cast.ada, 'ticket.move', { ticket, pool: cast.lift });
    expect(await ben.closed).toMatchObject({ code: 4403 });
    ada.text.insert(0, 'geheim');
    const mona = await synced(await edit(cast.mona, ticket));
    await reads(mona, 'geheim');
    expect(ben.text.toString()).toBe('');
  });
});

describe('the door of the notes', () => {
  test('is closed to who may not see the ticket, is not signed in, or holds a ticket link', async () => {
    const ticket = await createTicket(cast);
    expect(await (await edit(cast.cleo, ticket)).closed).toMatchObject({ code: 4403 });
    expect(await (await edit(cast.zoe, ticket)).closed).toMatchObject({ code: 4403 });
    const { linkId } = await linkFor(cast, ticket);
    const token = await tokenFor({ id: linkId, generation: 1 });
    for (const cookie of ['', `token=${token}`]) {
      const stranger = openNotesOf(desk.live, { slug, ticket, cookie });
      open.push(stranger);
      expect(await stranger.closed).toMatchObject({ code: 4401 });
      expect(stranger.provider.synced).toBe(false);
    }
  });

  test('is closed to an old generation, which keeps erased text erased', async () => {
    const ticket = await createTicket(cast);
    const ada = await synced(await edit(cast.ada, ticket));
    const mona = await synced(await edit(cast.mona, ticket));
    ada.text.insert(0, 'löschen');
    await reads(mona, 'löschen');
    await desk.database.owner`
      update lotse.notes set generation = 2, last_seq = 0, snapshot_seq = 0, snapshot = '' where ticket_id = ${ticket}
    `;
    ada.text.insert(0, 'wieder ');
    expect(await ada.closed).toMatchObject({ code: 4410 });
    expect(await (await edit(cast.ada, ticket, { doc: ada.doc })).closed).toMatchObject({ code: 4410 });
    const fresh = await synced(await edit(cast.ada, ticket, { generation: 2 }));
    expect(fresh.text.toString()).toBe('');
  });

  test('is closed to nonsense, and to more than notes can be', async () => {
    const ticket = await createTicket(cast);
    const { cookie } = await signInAs(desk.database, cast.ada);
    const raw = async (send: (socket: WebSocket) => void, path = `${slug}/${ticket}/1`) => {
      const socket = new WebSocket(`ws://127.0.0.1:${desk.live.port}/notes/${path}`, { headers: { cookie } });
      socket.once('message', () => send(socket));
      const [code] = await new Promise<[number]>((resolve) =>
        socket.once('close', (closed: number) => resolve([closed])),
      );
      return code;
    };
    expect(await raw((socket) => socket.send(Buffer.from([9, 9, 9])))).toBe(4400);
    expect(await raw((socket) => socket.send(Buffer.from([0, 2, 3, 255, 255, 255])))).toBe(4400);
    expect(await raw((socket) => socket.send('text'))).toBe(4400);
    expect(await raw((socket) => socket.send(Buffer.alloc(2 * 1024 * 1024)))).toBe(1009);
    expect(await raw(() => undefined, `${slug}/${ticket}/x`)).toBe(4400);
    expect(await raw(() => undefined, `${slug}/nothing/1`)).toBe(4400);
    const doc = new Y.Doc();
    doc.getText('t').insert(0, 'x'.repeat(1024 * 1024 + 100));
    expect(await (await edit(cast.ada, ticket, { doc })).closed).toMatchObject({ code: 4413 });
  });

  test('is closed to pages of other sites', async () => {
    const ticket = await createTicket(cast);
    const { cookie } = await signInAs(desk.database, cast.ada);
    const socket = new WebSocket(`ws://127.0.0.1:${desk.live.port}/notes/${slug}/${ticket}/1`, {
      headers: { cookie },
      origin: 'https://evil.example',
    });
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(error.message).toContain('403');
  });
});

describe('cursors', () => {
  type State = { user?: { id: string; name: string }; cursor?: unknown };
  const states = ({ provider }: Notes) => [...provider.awareness.getStates().entries()] as [number, State][];
  const knows = ({ provider }: Notes, holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        provider.awareness.off('change', look);
        resolve();
      };
      provider.awareness.on('change', look);
      look();
    });

  test('carry the name of their author, whatever his browser claims', async () => {
    const ticket = await createTicket(cast);
    const [ada, ben] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.ben, ticket))];
    ben.provider.awareness.setLocalState({
      user: { id: cast.ada.memberId, name: 'Ada Lund' },
      cursor: { anchor: 1 },
      more: 'x',
    });
    await knows(ada, () => states(ada).some(([id, state]) => id === ben.doc.clientID && state.cursor !== undefined));
    const [, state] = states(ada).find(([id]) => id === ben.doc.clientID) ?? [];
    expect(state).toEqual({
      user: { id: cast.ben.memberId, name: 'Ben Okoro', color: expect.stringMatching(/^#/) },
      cursor: { anchor: 1 },
    });
  });

  test('cannot be moved or removed by somebody else, and go with their author', async () => {
    const ticket = await createTicket(cast);
    const [ada, mona] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.mona, ticket))];
    ada.provider.awareness.setLocalState({ cursor: { anchor: 7 } });
    await knows(mona, () => states(mona).some(([id]) => id === ada.doc.clientID));
    const ben = await synced(
      await edit(cast.ben, ticket, { doc: Object.assign(new Y.Doc(), { clientID: ada.doc.clientID }) }),
    );
    ben.provider.awareness.setLocalState({ cursor: { anchor: 99 } });
    mona.provider.awareness.setLocalState({ cursor: { anchor: 3 } });
    await knows(ada, () =>
      states(ada).some(([id, state]) => id === mona.doc.clientID && JSON.stringify(state).includes('3')),
    );
    expect(states(mona).find(([id]) => id === ada.doc.clientID)?.[1].cursor).toEqual({ anchor: 7 });
    ada.stop();
    await knows(mona, () => !states(mona).some(([id]) => id === ada.doc.clientID));
  });

  test('are there again at once after a lost connection', async () => {
    const ticket = await createTicket(cast);
    const [ada, mona] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.mona, ticket))];
    ada.provider.awareness.setLocalState({ cursor: { anchor: 7 } });
    const isThere = () => states(mona).some(([id]) => id === ada.doc.clientID);
    await knows(mona, isThere);
    ada.provider.ws?.close();
    await knows(mona, () => !isThere());
    await knows(mona, isThere);
  });
});
