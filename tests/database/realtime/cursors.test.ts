import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { createCast, createTicket, run, type Cast, type Member } from '../../support/cast.ts';
import { createLiveDatabase, signInAs, slugOf, startLive, type Desk } from '../../support/live.ts';
import { openNotesOf, synced, type Notes } from '../../support/notes.ts';

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
