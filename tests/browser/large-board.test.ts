import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright';
import { m } from '#lib/i18n/paraglide/messages.js';
import { mostCards } from '#lib/board/window.ts';
import { openDesk, phone, type Desk } from '../support/desk.ts';
import { plantFor } from '../support/planted.ts';

/* A board of ten thousand tickets, in a browser. */

const de = { locale: 'de' } as const;
const wide: BrowserContextOptions = { viewport: { width: 1_600, height: 1_000 } };
const huge: BrowserContextOptions = { viewport: { width: 3_840, height: 2_160 } };

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
  const [cast] = await desk.database.owner<{ workspaceId: string; ben: string; group: string }[]>`
    select m.workspace_id, m.id as ben, g.id as group
    from lotse.members m
    join lotse.groups g on g.workspace_id = m.workspace_id
    where m.name = 'Ben Okoro'
    limit 1
  `;
  if (!cast) throw new Error('The demo has no Ben');
  await plantFor(desk.database.owner, cast, 10_000);
});
afterAll(() => desk?.close());

/** From now on: the most cards that were in the page at any frame. */
async function watch(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const seen = window as Window & { mostCards?: number };
    seen.mostCards = 0;
    const look = () => {
      seen.mostCards = Math.max(seen.mostCards ?? 0, document.querySelectorAll('[data-card]').length);
      requestAnimationFrame(look);
    };
    look();
  });
  return () => page.evaluate(() => (window as Window & { mostCards?: number }).mostCards ?? 0);
}

async function whole(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector('.arriving'));
}

async function scrollFast(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let step = 1; step <= 20; step++) {
      for (const list of document.querySelectorAll('.scroller')) list.scrollTop = (step * 9_973) % list.scrollHeight;
      const columns = document.querySelector('.columns');
      if (columns) columns.scrollLeft = (step * 397) % columns.scrollWidth;
      await frame();
    }
  });
}

test.each([
  ['a wide screen', wide],
  ['a huge one', huge],
  ['a phone', phone],
])('on %s at most 300 cards are rendered: any grouping, all lists open, scrolled fast', async (_, options) => {
  const page = await desk.signIn('mona', options);
  const most = await watch(page);
  await whole(page);
  for (const grouping of [m.board_by_pool, m.board_by_status, m.board_by_person]) {
    await page.getByText(grouping({}, de), { exact: true }).first().click();
    const folded = page.locator('.taken > button[aria-expanded=false]:visible');
    while ((await folded.count()) > 0) await folded.first().click();
    await scrollFast(page);
  }
  expect(await most()).toBeGreaterThan(3);
  expect(await most()).toBeLessThanOrEqual(mostCards);
  await page.context().close();
});

test('while a card is dragged, too, and it stays in the page however far its list is scrolled', async () => {
  const page = await desk.signIn('mona', wide);
  const most = await watch(page);
  await whole(page);
  const card = page.locator('.column [data-card]').first();
  const id = await card.getAttribute('data-card');
  const box = await card.boundingBox();
  if (!box) throw new Error('The card has no place');
  await page.mouse.move(box.x + 60, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + 90, box.y + 60, { steps: 6 });
  await page.locator('.card.lifted').waitFor({ state: 'attached' });
  await scrollFast(page);
  expect(await page.locator(`[data-card="${id}"]`).count()).toBe(1);
  await page.mouse.move(box.x + 400, box.y + 200, { steps: 6 });
  await page.mouse.up();
  expect(await most()).toBeLessThanOrEqual(mostCards);
  await page.context().close();
});

test('what is typed before all cards are here finds the same as after', async () => {
  const page = await desk.signIn('mona', wide);
  const held = Promise.withResolvers<void>();
  await page.route(/\/api\/v1\/[^/]+\/board(\?|$)/, async (route) => {
    await held.promise;
    await route.continue();
  });
  await page.reload();
  const counts = async () => (await page.locator('.column .count [aria-hidden], .found').allTextContents()).join(' ');
  const first = () => page.locator('.column').first().locator('[data-card] .subject').allTextContents();
  await page.locator('.arriving.loading').waitFor({ state: 'attached' });
  await page.keyboard.press('/');
  await page.keyboard.type('strasse');
  await page.waitForResponse(/\/board\/first\?/);
  await page.getByText(/Tickets gefunden/).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.column:first-child [data-card]').length > 9);
  const before = [await counts(), (await first()).slice(0, 8)];
  held.resolve();
  await whole(page);
  expect([await counts(), (await first()).slice(0, 8)]).toEqual(before);
  await page.context().close();
});

test('a ticket opens with what its card knows, and says so when the server does not answer', async () => {
  const page = await desk.signIn('mona', wide);
  await whole(page);
  const code = page.waitForResponse(/TicketPanel|nodes\/.*\.js/).catch(() => null);
  await Promise.race([code, page.waitForLoadState('networkidle')]);
  const held = Promise.withResolvers<void>();
  await page.route(/\/panel$/, async (route) => {
    await held.promise;
    await route.fulfill({ status: 500, body: '{}' });
  });
  const card = page.locator('.column [data-card]').first();
  const subject = (await card.locator('.subject').textContent()) ?? '';
  await card.click();
  await page.locator('.panel', { hasText: subject }).first().waitFor();
  await page.locator('.panel .skeleton').first().waitFor();
  held.resolve();
  await page.getByText(m.ticket_failed({}, de)).waitFor();
  await page.context().close();
});

test('the search lists what is found in closed tickets, apart from the cards', async () => {
  // Before anybody looks: what the owner of the database writes is told to no screen.
  await desk.database.owner`
    update lotse.tickets
    set subject = 'Ganz altes Klavier', status = 'closed', closed_at = now(), responsible_member_id = null
    where number = (select min(number) from lotse.tickets where status = 'open' and number < 10000)
  `;
  const page = await desk.signIn('mona', wide);
  await whole(page);
  await page.keyboard.press('/');
  await page.keyboard.type('klavier');
  const hit = page.locator('[role=option]', { hasText: 'Ganz altes Klavier' });
  await hit.waitFor();
  expect(await page.locator('.column [data-card]').count()).toBe(0);
  await page.keyboard.press('ArrowDown');
  expect(await hit.getAttribute('aria-selected')).toBe('true');
  await page.keyboard.press('Enter');
  const panel = page.locator('.panel', { hasText: 'Ganz altes Klavier' }).first();
  await panel.waitFor();
  await hit.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await page.keyboard.press('/');
  await hit.click();
  await panel.waitFor();
  await hit.waitFor({ state: 'detached' });
  await page.context().close();
});

test('a pool that gets another name is read anew without the cards', async () => {
  const [ben, ada] = await Promise.all([desk.signIn('ben', wide), desk.signIn('ada')]);
  await whole(ben);
  const [pool] = await desk.database.owner<
    { id: string }[]
  >`select id from lotse.pools where name = 'Heizung & Wasser'`;
  const asked: string[] = [];
  ben.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const answer = await ada.evaluate(
    async ({ address, command }) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(address, { method: 'POST', headers, body: JSON.stringify(command) })).status;
    },
    {
      address: '/api/v1/nordlicht/commands',
      command: { id: randomUUID(), name: 'pool.change', input: { pool: pool?.id, name: 'Wärme & Wasser' } },
    },
  );
  expect(answer).toBe(200);
  await ben.getByRole('region', { name: 'Wärme & Wasser' }).waitFor();
  expect(asked.filter((path) => path.includes('/board'))).toEqual(['/api/v1/nordlicht/board/beside']);
});
