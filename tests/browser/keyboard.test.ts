import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { m } from '#lib/i18n/paraglide/messages.js';
import { openDesk, type Desk } from '../support/desk.ts';
import { until } from '../support/until.ts';

/* The same job by keyboard alone, in English: no mouse, no touch, focus only where Tab and the keys of the board bring it. */

const en = { locale: 'en' } as const;
const subject = 'Toilet cistern runs all night';

let desk: Desk;
let ben: Page;

beforeAll(async () => {
  desk = await openDesk();
  await desk.database.owner`update lotse.members set language = 'en' where name = 'Ben Okoro'`;
  await desk.database
    .owner`update lotse.tickets set subject = ${subject}, priority = 'urgent' where subject = 'Spülkasten läuft nach'`;
  ben = await desk.signIn('ben', { locale: 'en-GB' });
});
afterAll(() => desk?.close());

async function ticket() {
  const [row] = await desk.database.owner<{ id: string; status: string; holder: string | null }[]>`
    select t.id, t.status, p.name as holder
    from lotse.tickets t
    left join lotse.members p on p.id = t.responsible_member_id
    where t.subject = ${subject}
  `;
  return row;
}

/** Walks down the column until the card has the focus. */
async function walkTo(page: Page, text: string) {
  for (let step = 0; step < 20; step++) {
    await page.keyboard.press('j');
    const label = await page.evaluate(
      () => document.activeElement?.querySelector('.visually-hidden')?.textContent ?? '',
    );
    if (label.includes(text)) return label;
  }
  throw new Error(`No card "${text}" within 20 steps`);
}

test('the board is in English for who speaks English', async () => {
  expect(await ben.locator('html').getAttribute('lang')).toBe('en');
  await ben.getByRole('button', { name: m.board_new({}, en) }).waitFor();
});

test('j walks to the card, which says its column, place and subject; c claims it', async () => {
  const label = await walkTo(ben, subject);
  expect(label).toContain('Heizung & Wasser');
  await ben.keyboard.press('c');
  await until(async () => (await ticket())?.holder === 'Ben Okoro');
  await ben.locator('section[data-column="me"] a.card', { hasText: subject }).waitFor();
});

test('Enter opens it, r answers, Ctrl+Enter sends', async () => {
  await ben.locator('section[data-column="me"] a.card', { hasText: subject }).focus();
  await ben.keyboard.press('Enter');
  await ben.locator('.composer [contenteditable=true]').waitFor();
  await ben.keyboard.press('r');
  await ben.locator('.composer [contenteditable=true]:focus').waitFor();
  await ben.keyboard.type('Dear Ms García, I will fix it today.');
  await ben.keyboard.press('Control+Enter');
  const mail = await desk.sink.next((sent) => (sent.mail.text ?? '').includes('fix it today'));
  expect(mail.mail.text).toContain('View your request');
});

test('i writes an internal comment that goes to nobody', async () => {
  await ben.keyboard.press('Escape');
  await ben.locator('section[data-column="me"] a.card', { hasText: subject }).focus();
  await ben.keyboard.press('Enter');
  await ben.keyboard.press('i');
  await ben.locator('.composer.internal [contenteditable=true]:focus').waitFor();
  await ben.keyboard.type('Valve type B.');
  await ben.keyboard.press('Control+Enter');
  await until(async () => {
    const [comment] = await desk.database
      .owner`select id from lotse.messages where body_text = 'Valve type B.' and visibility = 'internal'`;
    return comment;
  });
  expect(desk.sink.delivered.some(({ raw }) => raw.toString().includes('Valve type B'))).toBe(false);
});

test('e closes and informs, and Escape returns to the board', async () => {
  await ben.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await ben.keyboard.press('e');
  await ben.getByRole('dialog').waitFor();
  await ben.keyboard.type('All done.');
  await ben.keyboard.press('Control+Enter');
  await until(async () => (await ticket())?.status === 'closed');
  await ben.getByRole('dialog').waitFor({ state: 'detached' });
  await ben.keyboard.press('Escape');
  await ben.waitForURL('**/board');
});
