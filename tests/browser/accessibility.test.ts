import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { tokenFor } from '#server/domain/links.ts';
import { linkFor } from '../support/cast.ts';
import { openDesk, phone, type Desk } from '../support/desk.ts';

let desk: Desk;
let ada: Page;
let number: number;
let customerPage: string;

beforeAll(async () => {
  desk = await openDesk();
  ada = await desk.signIn('ada');
  const [ticket] = await desk.database.owner<
    { id: string; number: number; workspaceId: string; requesterId: string }[]
  >`
    select id, number, workspace_id, requester_id from lotse.tickets where subject like 'Heizung bleibt kalt%'
  `;
  if (!ticket) throw new Error('The demo has lost its first ticket');
  number = ticket.number;
  const { linkId } = await linkFor({ workspaceId: ticket.workspaceId }, ticket.id, ticket.requesterId);
  customerPage = `${desk.server.address}/t/${await tokenFor({ id: linkId, generation: 1 })}`;
});
afterAll(() => desk?.close());

/** Serious faults only: the build breaks for what keeps somebody out. */
async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

for (const path of ['', '?by=status', '?by=person']) {
  test(`the board${path} keeps nobody out`, async () => {
    await ada.goto(desk.board + path);
    await ada.locator('a.card').first().waitFor();
    expect(await faults(ada)).toEqual([]);
  });
}

test('the ticket beside the board keeps nobody out, in any of its parts', async () => {
  await ada.goto(`${desk.board}/${number}`);
  await ada.locator('.composer').waitFor();
  expect(await faults(ada)).toEqual([]);
  for (const tab of await ada.getByRole('tab').all()) {
    await tab.click();
    expect(await faults(ada)).toEqual([]);
  }
});

test('the settings and contacts keep nobody out', async () => {
  const home = desk.board.replace(/board$/, '');
  await ada.goto(`${home}settings`);
  const links = await ada
    .locator('main a[href*="/settings/"]')
    .evaluateAll((found) => found.map((a) => (a as HTMLAnchorElement).href));
  const addresses = new Set([`${home}settings`, `${home}inbox`, `${home}contacts`, `${home}account`, ...links]);
  expect(addresses.size).toBeGreaterThan(6);
  for (const address of addresses) {
    await ada.goto(address);
    expect({ address, faults: await faults(ada) }).toEqual({ address, faults: [] });
  }
});

test('the customer’s page keeps nobody out, light and dark, on a phone', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await desk.visit(customerPage, { ...phone, colorScheme });
    await page.locator('textarea').waitFor();
    expect(await faults(page)).toEqual([]);
    await page.context().close();
  }
});

test('the pages before sign-in keep nobody out', async () => {
  const page = await desk.visit(`${desk.server.address}/login`);
  expect(await faults(page)).toEqual([]);
  await page.goto(`${desk.server.address}/t/not-a-link`);
  expect(await faults(page)).toEqual([]);
});
