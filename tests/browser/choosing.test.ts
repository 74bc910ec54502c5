import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { m } from '#lib/i18n/paraglide/messages.js';
import { openDesk, type Desk } from '../support/desk.ts';
import { cardOf, columnOf, drag, gateOf, laneOf, subjectsIn } from '../support/moves.ts';
import { until } from '../support/until.ts';

/* Several cards at once: chosen by mouse and by keys, dragged together, claimed, assigned and closed; each has its own answer. */

const de = { locale: 'de' } as const;

let desk: Desk;
let ben: Page;
let mona: Page;

beforeAll(async () => {
  desk = await openDesk();
  [ben, mona] = await Promise.all([desk.signIn('ben'), desk.signIn('mona')]);
});
afterAll(() => desk?.close());

const listOf = (page: Page, name: string) => columnOf(page, name).locator('[data-list]').first();
const chosenOn = (page: Page) => page.locator('a.card.chosen');

async function heldBy(name: string): Promise<string[]> {
  const rows = await desk.database.owner<{ subject: string }[]>`
    select t.subject
    from lotse.tickets t
    join lotse.members m on m.id = t.responsible_member_id
    where m.name = ${name}
  `;
  return rows.map(({ subject }) => subject);
}

test('Ctrl and a click choose one by one, Shift and a click all between; a drag carries them with their number', async () => {
  const subjects = await subjectsIn(listOf(mona, 'Heizung & Wasser'));
  const [first = '', , third = ''] = subjects;
  await cardOf(mona, first).click({ modifiers: ['Control'] });
  await cardOf(mona, third).click({ modifiers: ['Shift'] });
  expect(await chosenOn(mona).count()).toBe(3);
  expect(mona.url()).toMatch(/board$/);
  expect(await mona.getByRole('toolbar').evaluate((bar) => bar.scrollWidth <= bar.clientWidth)).toBe(true);
  const { violations } = await new AxeBuilder({ page: mona }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  await drag(cardOf(mona, third), mona.locator('li.holder', { hasText: 'Ben Okoro' }));
  await mona.getByText(m.moves_many_assigned({ count: 3, name: 'Ben Okoro' }, de)).waitFor();
  expect(await heldBy('Ben Okoro')).toEqual(expect.arrayContaining(subjects.slice(0, 3)));
  for (const subject of subjects.slice(0, 3)) await laneOf(ben).locator('a.card', { hasText: subject }).waitFor();
  expect(await chosenOn(mona).count()).toBe(0);
});

test('by keys: Space chooses, Shift and an arrow reach further, Escape lets go', async () => {
  await listOf(mona, 'Heizung & Wasser').locator('a.card').first().focus();
  await mona.keyboard.press(' ');
  await mona.keyboard.press('Shift+ArrowDown');
  await mona.keyboard.press('Shift+ArrowDown');
  expect(await chosenOn(mona).count()).toBe(3);
  await mona.keyboard.press('Shift+ArrowUp');
  expect(await chosenOn(mona).count()).toBe(2);
  await mona.keyboard.press('Escape');
  expect(await chosenOn(mona).count()).toBe(0);
});

test('the menu of a chosen card means all of them', async () => {
  const [first = '', second = ''] = await subjectsIn(listOf(mona, 'Schlüssel & Zugang'));
  await cardOf(mona, first).focus();
  await mona.keyboard.press('Shift+ArrowDown');
  await mona.keyboard.press('.');
  await mona.getByRole('menuitem', { name: m.board_menu_claim({}, de) }).click();
  await mona.getByText(m.moves_many_claimed({ count: 2 }, de)).waitFor();
  expect((await heldBy('Mona Reis')).toSorted()).toEqual([first, second].toSorted());
});

test('of several some are refused: each of those lies where it was and says why, the rest is done', async () => {
  const gate = await gateOf(ben);
  const subjects = (await subjectsIn(listOf(ben, 'Miete & Abrechnung'))).slice(0, 3);
  const [, lost = ''] = subjects;
  gate.close();
  await cardOf(mona, lost).focus();
  await mona.keyboard.press('c');
  await until(async () => (await heldBy('Mona Reis')).includes(lost));
  await cardOf(ben, subjects[0] ?? '').focus();
  await ben.keyboard.press('Shift+ArrowDown');
  await ben.keyboard.press('Shift+ArrowDown');
  await ben.keyboard.press('c');
  await laneOf(ben).locator('a.card.pending', { hasText: lost }).waitFor();
  gate.open();
  const back = listOf(ben, 'Miete & Abrechnung').locator('a.card.returned');
  await back.getByText(m.errors_ticket_taken({ name: 'Mona Reis' }, de), { exact: true }).waitFor();
  expect(await back.count()).toBe(1);
  const notice = ben.getByRole('alert').filter({ hasText: m.moves_many_claimed({ count: 2 }, de) });
  expect(await notice.textContent()).toContain('1 nicht: #');
  // An alert inside a live region is spoken twice.
  expect(await ben.locator('[aria-live] [role=alert]').count()).toBe(0);
  expect(await heldBy('Ben Okoro')).toEqual(expect.arrayContaining(subjects.filter((subject) => subject !== lost)));
});

test('a hundred commands at once go out at the pace the server takes, and none is refused for haste', async () => {
  const { owner } = desk.database;
  await owner`
    insert into lotse.tickets (workspace_id, number, pool_id, subject, channel, visibility)
    select workspace_id, 9000 + n, pool_id, 'Zähler ' || n, channel, visibility
    from lotse.tickets, generate_series(1, 100) n
    where subject = 'TÜV-Plakette abgelaufen?'
  `;
  await mona.reload();
  await mona.locator('[role=status].live').first().waitFor({ state: 'attached' });
  await listOf(mona, 'Aufzug').locator('a.card').first().focus();
  await mona.keyboard.press('Control+a');
  const count = Number(/\d+/.exec((await mona.getByRole('toolbar').textContent()) ?? '')?.[0]);
  expect(count).toBeGreaterThan(100);
  await mona.keyboard.press('c');
  await mona.getByText(m.moves_many_claimed({ count }, de)).waitFor();
  expect((await heldBy('Mona Reis')).filter((subject) => subject.startsWith('Zähler'))).toHaveLength(100);
});

test('several are closed with one question', async () => {
  const subjects = (await subjectsIn(laneOf(ben).locator('[data-list]').first())).slice(0, 2);
  await laneOf(ben).locator('a.card').first().focus();
  await ben.keyboard.press('Shift+ArrowDown');
  await ben.keyboard.press('e');
  const dialog = ben.getByRole('dialog', { name: m.moves_close_title({ count: 2 }, de) });
  await dialog.getByRole('button', { name: m.ticket_close_inform({}, de) }).click();
  await ben.getByText(m.moves_many_closed({ count: 2 }, de)).waitFor();
  for (const subject of subjects) expect(await cardOf(ben, subject).count()).toBe(0);
});
