import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { endSession } from '#server/auth/sessions.ts';
import { tokenFor } from '#server/domain/links.ts';
import { createCast, createTicket, linkFor, run, type Cast } from '../support/cast.ts';
import { createLiveDatabase, openTicketPage, Page, signInAs, slugOf } from '../support/live.ts';
import type { TestDatabase } from '../support/database.ts';
import { startKillable, type Killable } from '../support/notes.ts';

/* What ends in one process ends in all: the commands below come from this one, which has no socket at all. */

let database: TestDatabase;
let cast: Cast;
let processes: Killable[];
const open: Page[] = [];

beforeAll(async () => {
  database = await createLiveDatabase();
  cast = await createCast();
  processes = await Promise.all([startKillable(database.url, 0), startKillable(database.url, 0)]);
});
afterEach(() => open.splice(0).forEach((page) => page.close()));
afterAll(async () => {
  await Promise.all(processes.map((each) => each.kill()));
  await database.drop();
});

/** The same in each process. */
async function everywhere(openIn: (live: Killable) => Promise<Page>): Promise<Page[]> {
  const pages = await Promise.all(processes.map(openIn));
  open.push(...pages);
  return pages;
}

test('a session that was signed out ends its pages in both processes, and nobody else’s', async () => {
  const workspace = await slugOf(database, cast.workspaceId);
  const [gone, other] = await Promise.all([signInAs(database, cast.ben), signInAs(database, cast.ben)]);
  const boardOf =
    ({ cookie }: { cookie: string }) =>
    async (live: Killable) => {
      const page = new Page(live.url, { auth: { workspace }, cookie });
      await page.ready();
      return page;
    };
  const [mine, stays] = [await everywhere(boardOf(gone)), await everywhere(boardOf(other))];
  const [row] = await database.owner<{ userId: string }[]>`
    select user_id from lotse.members where id = ${cast.ben.memberId}
  `;
  await endSession({ sessionId: gone.sessionId, userId: row?.userId ?? '' });
  for (const each of processes) each.check();
  for (const page of mine) expect(await page.until(() => page.ended, 'the end')).toEqual({ code: 'session.ended' });
  for (const page of stays) {
    await page.settled(0);
    expect([page.ended, page.socket.connected]).toEqual([null, true]);
  }
});

test('a link that was withdrawn ends its pages in both processes at once, and opens no other in either', async () => {
  const ticket = await createTicket(cast);
  const [weber, smith] = [await linkFor(cast, ticket), await linkFor(cast, ticket, cast.smith)];
  const pages = await everywhere((live) => openTicketPage({ live }, weber.linkId));
  const others = await everywhere((live) => openTicketPage({ live }, smith.linkId));
  await run(cast.ada, 'link.revoke', { link: weber.linkId });
  for (const page of pages) {
    expect(await page.until(() => page.ended, 'the end')).toEqual({ code: 'link.ended' });
    expect(page.frames).toEqual([]);
  }
  const token = await tokenFor({ id: weber.linkId, generation: 1 });
  const again = await everywhere(async (live) => new Page(`${live.url}/t`, { auth: { token } }));
  for (const page of again) expect(await page.until(() => page.refusal, 'being refused')).toBe('link.invalid');
  for (const page of others) {
    await page.frame('link.revoked');
    expect([page.ended, page.socket.connected]).toEqual([null, true]);
  }
});

test('a member who was deactivated is out of both processes at once', async () => {
  const workspace = await slugOf(database, cast.workspaceId);
  const { cookie } = await signInAs(database, cast.cleo);
  const knock = async (live: Killable) => new Page(live.url, { auth: { workspace }, cookie });
  const pages = await everywhere(knock);
  await Promise.all(pages.map((page) => page.ready()));
  await run(cast.ada, 'member.change', { member: cast.cleo.memberId, isActive: false });
  for (const page of pages)
    expect(await page.until(() => page.ended, 'the end')).toEqual({ code: 'member.deactivated' });
  const again = await everywhere(knock);
  for (const page of again) expect(await page.until(() => page.refusal, 'being refused')).toBe('workspace.notFound');
});
