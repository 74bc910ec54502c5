import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { tokenFor } from '#server/domain/links.ts';
import { createCast, createTicket, linkFor, run, type Cast, type Member } from '../../support/cast.ts';
import { createLiveDatabase, openBoard, signInAs, slugOf, startLive, type Desk } from '../../support/live.ts';
import { openNotesOf, reads, storedText, synced, type Notes } from '../../support/notes.ts';

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

/**
 * The database answers late what this member may do with a ticket: what he could while it was in the pool of the heatings is
 * known after `release('before')`, what he can afterwards after `release('after')`.
 */
async function delayRightsOf({ memberId }: Member) {
  const { owner } = desk.database;
  const held = await owner.reserve();
  const keys = { before: 8_001, after: 8_002 };
  await held`select pg_advisory_lock(${keys.before}), pg_advisory_lock(${keys.after})`;
  await owner.unsafe(`
    alter function private.may_work(uuid) rename to may_work_at_once;
    create function private.may_work(ticket uuid) returns boolean
    language plpgsql stable security definer
    set search_path = ''
    as $$
    begin
      if private.member() = '${memberId}' then
        perform pg_advisory_xact_lock_shared(case when pool_id = '${cast.heating}' then ${keys.before} else ${keys.after} end)
        from lotse.tickets where id = ticket;
      end if;
      return private.may_work_at_once(ticket);
    end
    $$;
    grant execute on function private.may_work to lotse_member;
  `);
  type Time = keyof typeof keys;
  return {
    asked: (time: Time) =>
      expect
        .poll(() => owner`select 1 from pg_locks where locktype = 'advisory' and objid = ${keys[time]} and not granted`)
        .not.toHaveLength(0),
    release: (time: Time) => held`select pg_advisory_unlock(${keys[time]})`,
    async stop() {
      await held`select pg_advisory_unlock_all()`;
      await owner.unsafe(`
        drop function private.may_work(uuid);
        alter function private.may_work_at_once(uuid) rename to may_work;
      `);
      held.release();
    },
  };
}

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
    expect(await storedText(cast.workspaceId, ticket)).toBe('Plan');
  });

  test('who claims the ticket may write from then on, and no more when it is given away', async () => {
    const ticket = await createTicket(cast);
    const [ada, ben] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.ben, ticket))];
    const mona = await synced(await edit(cast.mona, ticket));
    const renewed = new Promise<void>((resolve) => ben.provider.on('sync', (state: boolean) => state && resolve()));
    await run(cast.ben, 'ticket.claim', { ticket });
    await renewed;
    ben.text.insert(0, 'Ich bin dran.');
    await reads(ada, 'Ich bin dran.');
    const told = new Promise<void>((resolve) => (ben.provider.messageHandlers[2] = () => resolve()));
    await run(cast.ada, 'ticket.assign', { ticket, member: cast.mona.memberId });
    await told;
    ben.text.insert(0, 'Doch nicht. ');
    ben.provider.awareness.setLocalState({ cursor: { anchor: 7 } });
    // What he typed came in before his cursor did.
    await new Promise<void>((resolve) => {
      const look = () => mona.provider.awareness.getStates().has(ben.doc.clientID) && resolve();
      mona.provider.awareness.on('change', look);
      look();
    });
    ada.text.insert(0, 'Mona. ');
    await reads(mona, 'Mona. Ich bin dran.');
    expect(await storedText(cast.workspaceId, ticket)).toBe('Mona. Ich bin dran.');
    // Dropped, and no reason to be put out: he may still read.
    expect(ben.provider.wsconnected).toBe(true);
  });

  test('who loses sight is told nothing more, however late his rights of before are known', async () => {
    const ticket = await createTicket(cast);
    const [ada, mona] = [await synced(await edit(cast.ada, ticket)), await synced(await edit(cast.mona, ticket))];
    // The last to come is the last whose rights are read.
    const ben = await synced(await edit(cast.ben, ticket));
    const board = await openBoard(desk, cast.mona);
    const answers = await delayRightsOf(cast.ben);
    onTestFinished(answers.stop);
    await run(cast.ada, 'ticket.assign', { ticket, member: cast.mona.memberId });
    await answers.asked('before');
    await run(cast.ada, 'ticket.move', { ticket, pool: cast.lift });
    await board.frame('ticket.moved', (frame) => frame.ticket === ticket);
    await answers.release('before');
    await answers.asked('after');
    ada.text.insert(0, 'geheim');
    await reads(mona, 'geheim');
    await answers.release('after');
    expect(await ben.closed).toMatchObject({ code: 4403 });
    expect(ben.text.toString()).toBe('');
    board.close();
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
