import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CDPSession, Locator, Page } from 'playwright';
import { m } from '#lib/i18n/paraglide/messages.js';
import { openDesk, phone, type Desk } from '../support/desk.ts';
import { until } from '../support/until.ts';

/* The board under a finger: a long press lifts, the places stand in a bar, a short move scrolls. */

const de = { locale: 'de' } as const;

let desk: Desk;
let mona: Page;
let touch: CDPSession;

beforeAll(async () => {
  desk = await openDesk();
  mona = await desk.signIn('mona', { ...phone, viewport: { width: 360, height: 740 } });
  touch = await mona.context().newCDPSession(mona);
});
afterAll(() => desk?.close());

const cards = () => mona.locator('section.chosen a.card');
const bar = () => mona.locator('[data-targets]');
const lifted = () => mona.locator('.lifted-card');

async function middleOf(element: Locator) {
  const box = await element.boundingBox();
  if (!box) throw new Error('Not on the screen');
  return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
}

const down = (at: { x: number; y: number }) =>
  touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
const up = () => touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });

async function slide(from: { x: number; y: number }, to: { x: number; y: number }) {
  for (let step = 1; step <= 10; step++) {
    const at = { x: from.x + ((to.x - from.x) * step) / 10, y: from.y + ((to.y - from.y) * step) / 10 };
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [at] });
  }
}

async function lift(card: Locator) {
  const at = await middleOf(card);
  await down(at);
  await lifted().waitFor();
  return at;
}

async function tap(card: Locator) {
  await down(await middleOf(card));
  await up();
}

const subjectOf = async (card: Locator) => (await card.locator('.subject').textContent()) ?? '';

async function holderOf(subject: string) {
  const [row] = await desk.database.owner<{ holder: string | null }[]>`
    select m.name as holder from lotse.tickets t
    left join lotse.members m on m.id = t.responsible_member_id where t.subject = ${subject}
  `;
  return row?.holder ?? null;
}

test('a finger that moves at once scrolls the list and lifts nothing', async () => {
  const at = await middleOf(cards().nth(3));
  await down(at);
  await slide(at, { x: at.x, y: at.y - 160 });
  await up();
  const list = mona.locator('section.chosen [data-list]').first();
  await until(async () => (await list.evaluate((element) => element.scrollTop)) > 0);
  expect(await bar().count()).toBe(0);
  await list.evaluate((element) => (element.scrollTop = 0));
});

test('a long press lifts the card, and the bar holds oneself, people and pools; let go on a person it is his', async () => {
  const card = cards().first();
  const subject = await subjectOf(card);
  const from = await lift(card);
  await bar().getByText(m.moves_bar_me({}, de)).waitFor();
  expect(await bar().getByText('Aufzug', { exact: true }).count()).toBe(1);
  const { violations } = await new AxeBuilder({ page: mona }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  await slide(from, await middleOf(bar().getByText('Ben Okoro')));
  await bar().locator('.chip.over').getByText('Ben Okoro').waitFor();
  await up();
  await bar().waitFor({ state: 'detached' });
  await until(async () => (await holderOf(subject)) === 'Ben Okoro');
});

test('dragged back to the list nothing has happened', async () => {
  const card = cards().first();
  const subject = await subjectOf(card);
  const from = await lift(card);
  const over = await middleOf(bar().getByText(m.moves_bar_me({}, de)));
  await slide(from, over);
  await bar().locator('.chip.over').waitFor();
  await slide(over, { x: from.x, y: from.y + 30 });
  await up();
  await bar().waitFor({ state: 'detached' });
  await mona.locator('section.chosen a.card:not(.pending)', { hasText: subject }).waitFor();
  expect(await holderOf(subject)).toBeNull();
  expect(mona.url()).toMatch(/board$/);
});

test('let go where it lay a card is chosen, a tap adds another, and a drag takes both', async () => {
  const [first, second] = [cards().nth(0), cards().nth(1)];
  const subjects = [await subjectOf(first), await subjectOf(second)];
  await lift(first);
  await up();
  await mona.locator('section.chosen a.card.chosen').waitFor();
  await tap(second);
  await mona.getByText(m.moves_chosen_short({ count: 2 }, de), { exact: true }).waitFor();
  expect(mona.url()).toMatch(/board$/);
  const from = await lift(second);
  await lifted().locator('.card-count').getByText('2', { exact: true }).waitFor();
  await slide(from, await middleOf(bar().getByText('Ben Okoro')));
  await up();
  await mona.getByText(m.moves_many_assigned({ count: 2, name: 'Ben Okoro' }, de)).waitFor();
  expect(await Promise.all(subjects.map(holderOf))).toEqual(['Ben Okoro', 'Ben Okoro']);
  expect(await mona.locator('a.card.chosen').count()).toBe(0);
});
