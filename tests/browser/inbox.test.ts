import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { m } from '#lib/i18n/paraglide/messages.js';
import { openDesk, type Desk } from '../support/desk.ts';

/* The inbox as two colleagues use it at once, by keyboard, in Chromium before the real server. */

const de = { locale: 'de' } as const;
let desk: Desk;
let ben: Page;
let mona: Page;

beforeAll(async () => {
  desk = await openDesk();
  ben = await desk.signIn('ben');
  mona = await desk.signIn('mona');
  const inbox = desk.board.replace(/board$/, 'inbox');
  for (const page of [ben, mona]) {
    await page.goto(inbox);
    await line(page, 'Fahrräder im Treppenhaus').waitFor();
  }
});

afterAll(async () => {
  await desk?.close();
});

const line = (page: Page, subject: string) => page.locator('[data-mail]', { hasText: subject });
const said = (page: Page, text: string) => page.getByText(text).first().waitFor();

test('a new mail appears by itself, with its beginning, and is counted', async () => {
  const mail = { from: 'Rita Rohr <rita@example.net>', to: 'info@nordlicht.example', subject: 'Wasser im Keller' };
  await desk.mail({ ...mail, text: 'Es steht schon zwei Zentimeter hoch.' });
  for (const page of [ben, mona]) {
    await line(page, 'Wasser im Keller').waitFor();
    expect(await line(page, 'Wasser im Keller').textContent()).toContain('zwei Zentimeter');
  }
});

test('who works on a mail has it: the colleague reads so, and hears what became of it', async () => {
  for (const page of [ben, mona]) await line(page, 'Wasser im Keller').click();
  const make = { name: m.inbox_make({}, de), exact: true };
  await ben.getByRole('button', make).waitFor();
  await ben.keyboard.press('Enter');
  const dialog = ben.getByRole('dialog');
  await dialog.getByText('Es steht schon zwei Zentimeter hoch.').waitFor();
  await said(mona, m.inbox_taken_by({ name: 'Ben Okoro' }, de));
  expect(await mona.getByRole('button', make).isDisabled()).toBe(true);
  await dialog.getByLabel(m.board_create_subject({}, de)).fill('Wasser im Keller von Haus 3');
  await dialog.getByRole('button', { name: m.inbox_make_action({}, de) }).click();
  await line(ben, 'Wasser im Keller').waitFor({ state: 'detached' });
  await said(mona, m.inbox_heard_ticket({ name: 'Ben Okoro', subject: 'Wasser im Keller' }, de));
  await line(mona, 'Wasser im Keller').waitFor({ state: 'detached' });
  const tickets = await desk.database.owner<{ name: string }[]>`
    select c.name from lotse.tickets t join lotse.contacts c on c.id = t.requester_id where t.subject = 'Wasser im Keller von Haus 3'
  `;
  expect(tickets).toEqual([{ name: 'Rita Rohr' }]);
});

test('by keyboard: down the list, file and on to the next, and take it back', async () => {
  await ben.keyboard.press('Escape');
  await ben.keyboard.press('j');
  const first = await ben.locator('[data-mail][aria-current]').getAttribute('data-mail');
  await ben.getByRole('button', { name: m.inbox_archive({}, de), exact: true }).waitFor();
  const next = await ben.locator(`li:has([data-mail="${first}"]) + li [data-mail]`).getAttribute('data-mail');
  await ben.keyboard.press('e');
  await ben.locator(`[data-mail="${first}"]`).waitFor({ state: 'detached' });
  await ben.locator(`[data-mail="${next}"][aria-current]`).waitFor();
  await mona.locator(`[data-mail="${first}"]`).waitFor({ state: 'detached' });
  await ben.getByRole('button', { name: m.common_undo({}, de) }).click();
  for (const page of [ben, mona]) await page.locator(`[data-mail="${first}"]`).waitFor();
});

test('mail that comes while one is on his way elsewhere lets him arrive', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await ben.route('**/contacts/__data.json*', async (route) => {
    await promise;
    await route.continue();
  });
  const asked = ben.waitForRequest('**/contacts/__data.json*');
  await ben
    .getByRole('navigation')
    .getByRole('link', { name: m.admin_contacts({}, de) })
    .click();
  await asked;
  const mail = { from: 'Rita Rohr <rita@example.net>', to: 'info@nordlicht.example', subject: 'Keller wieder trocken' };
  await desk.mail({ ...mail, text: 'Danke!' });
  // She has been told and has read anew, as long after the news as he would have.
  await line(mona, mail.subject).waitFor();
  resolve();
  await ben.waitForURL('**/contacts');
  await ben.goBack();
  await line(ben, mail.subject).waitFor();
});

test('nothing in it is out of reach of those who cannot see or point', async () => {
  const { violations } = await new AxeBuilder({ page: ben }).exclude('iframe').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
