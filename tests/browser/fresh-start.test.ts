import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { m } from '#lib/i18n/paraglide/messages.js';
import { openDesk, type Desk } from '../support/desk.ts';

/* A server of another build than the page's: the page notices at its first word, and loads itself anew when nobody is at it. */

const de = { locale: 'de' } as const;
let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(async () => {
  await desk?.close();
});

/** A page before a server that says it runs `build`; it does not draw lots for when to load anew. */
async function before(build: () => string | null): Promise<{ page: Page; loads: () => number }> {
  const page = await desk.signIn('ben');
  let loads = 0;
  page.on('domcontentloaded', () => loads++);
  await page.addInitScript(() => {
    Math.random = () => 0;
    // Asked at each look for a safe moment: what nobody took then, nobody takes.
    const looks = { looks: 0 };
    Object.assign(window, { test: looks });
    Object.defineProperty(document, 'visibilityState', {
      get: () => (looks.looks++, sessionStorage.getItem('test:seen') ?? 'visible'),
    });
  });
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      const told = build();
      const isReady = typeof message === 'string' && message.startsWith('42["ready"') && told !== null;
      socket.send(isReady ? message.replace(/"build":"[^"]*"/, `"build":"${told}"`) : message);
    });
  });
  await page.goto(desk.board);
  await live(page);
  return { page, loads: () => loads };
}

const live = (page: Page) => page.locator('[role=status].live').first().waitFor({ state: 'attached' });
const looked = (page: Page, times: number) =>
  page.waitForFunction((most) => (window as unknown as { test: { looks: number } }).test.looks >= most, times);
const look = (page: Page, how: 'visible' | 'hidden') =>
  page.evaluate((seen) => sessionStorage.setItem('test:seen', seen), how);

test('a page of an old build loads itself anew once it is not looked at, with what was typed', async () => {
  let build: string | null = 'newer';
  const { page, loads } = await before(() => build);
  await page.getByText(m.common_newer({}, de)).waitFor();
  await page.locator('section[data-column="me"] a.card').first().click();
  await page.locator('.composer [contenteditable=true]').click();
  await page.keyboard.type('Ich komme morgen um acht');
  expect(loads()).toBe(1);
  build = null;
  await Promise.all([page.waitForEvent('domcontentloaded'), look(page, 'hidden')]);
  await page.locator('.composer').getByText('Ich komme morgen um acht').waitFor();
  await live(page);
  expect(await page.getByText(m.common_newer({}, de)).count()).toBe(0);
  await page.context().close();
});

test('text that stands nowhere else keeps the page, and the bar stays for whoever wants it now', async () => {
  const { page, loads } = await before(() => 'newer');
  await page.getByText(m.common_newer({}, de)).waitFor();
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').first().fill('Wasserschaden');
  await look(page, 'hidden');
  await looked(page, 5);
  expect(await dialog.getByRole('textbox').first().inputValue()).toBe('Wasserschaden');
  expect(loads()).toBe(1);
  // Two servers of different builds: it was loaded for this one, and is not again.
  await Promise.all([page.waitForEvent('domcontentloaded'), page.keyboard.press('Escape')]);
  await live(page);
  await page.getByText(m.common_newer({}, de)).waitFor();
  await looked(page, 5);
  expect(loads()).toBe(2);
  await page.context().close();
});
