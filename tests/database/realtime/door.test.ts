import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { endSession } from '#server/auth/sessions.ts';
import { createCast, type Cast, type Member } from '../../support/cast.ts';
import { createLiveDatabase, openBoard, Page, signInAs, slugOf, startLive, type Desk } from '../../support/live.ts';

let desk: Desk;
let cast: Cast;
const open: Page[] = [];

const board = async (member: Member) => {
  const page = await openBoard(desk, member);
  open.push(page);
  return page;
};

beforeAll(async () => {
  desk = { database: await createLiveDatabase(), live: await startLive() };
  cast = await createCast();
});
afterEach(() => open.splice(0).forEach((page) => page.close()));
afterAll(async () => {
  await desk.live.stop();
  await desk.database.drop();
});

describe('the door', () => {
  const knock = async (options: { workspace?: string; cookie?: string; origin?: string }) => {
    const { workspace, ...rest } = options;
    const page = new Page(desk.live.url, { auth: { workspace }, ...rest });
    open.push(page);
    await page.until(() => page.refusal ?? page.readys[0]);
    return page.refusal;
  };

  test('is opened by a session of a member alone', async () => {
    const workspace = await slugOf(desk.database, cast.workspaceId);
    const foreign = await slugOf(desk.database, cast.zoe.workspaceId);
    const { cookie } = await signInAs(desk.database, cast.ben);
    expect(await knock({ workspace })).toBe('signIn.needed');
    expect(await knock({ workspace, cookie: 'sb-lotse=base64-e30' })).toBe('signIn.needed');
    expect(await knock({ workspace: foreign, cookie })).toBe('workspace.notFound');
    expect(await knock({ workspace: 'nirgends', cookie })).toBe('workspace.notFound');
    expect(await knock({ cookie })).toBe('workspace.notFound');
    expect(await knock({ workspace, cookie })).toBeNull();
  });

  test('is closed to pages of other sites', async () => {
    const workspace = await slugOf(desk.database, cast.workspaceId);
    const { cookie } = await signInAs(desk.database, cast.ben);
    expect(await knock({ workspace, cookie, origin: 'https://evil.example' })).toBe('websocket error');
    expect(await knock({ workspace, cookie, origin: 'null' })).toBe('websocket error');
    expect(await knock({ workspace, cookie, origin: desk.live.url })).toBeNull();
  });

  test('closes behind a session that was revoked', async () => {
    const workspace = await slugOf(desk.database, cast.workspaceId);
    const { cookie, sessionId } = await signInAs(desk.database, cast.ben);
    const page = new Page(desk.live.url, { auth: { workspace }, cookie });
    const other = await board(cast.ben);
    await page.ready();
    const [row] = await desk.database.owner<
      { userId: string }[]
    >`select user_id from lotse.members where id = ${cast.ben.memberId}`;
    await endSession({ sessionId, userId: row?.userId ?? '' });
    await desk.live.check();
    expect(await page.until(() => page.ended)).toEqual({ code: 'session.ended' });
    expect(other.ended).toBeNull();
  });
});
