import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { m } from '#lib/i18n/paraglide/messages.js';
import { openDesk, type Desk } from '../support/desk.ts';
import { held } from '../support/held.ts';

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

test('keys run ahead of the pages: each means the mail one is on the way to, and what one files leaves at once', async () => {
  const slow = Promise.withResolvers<void>();
  await ben.route('**/inbox/**/__data.json*', async (route) => {
    await slow.promise;
    await route.continue();
  });
  await ben.keyboard.press('Escape');
  const ids = await ben
    .locator('[data-mail]')
    .evaluateAll((lines) => lines.map((each) => each.getAttribute('data-mail')));
  const [first, second, third, fourth] = ids;
  const chosen = (id: string | null | undefined) => ben.locator(`[data-mail="${id}"][aria-current]`).waitFor();
  const gone = (page: Page, id: string | null | undefined) =>
    page.locator(`[data-mail="${id}"]`).waitFor({ state: 'detached' });
  for (const [key, there] of [
    ['j', first],
    ['j', second],
    ['e', third],
    ['e', fourth],
  ] as const) {
    await ben.keyboard.press(key);
    await chosen(there);
  }
  for (const page of [ben, mona]) for (const id of [second, third]) await gone(page, id);
  await ben.keyboard.press('Enter');
  slow.resolve();
  await ben.getByRole('dialog').waitFor();
  expect(new URL(ben.url()).pathname.endsWith(`/inbox/${fourth}`)).toBe(true);
  expect(await mona.locator(`[data-mail="${first}"]`).count()).toBe(1);
  await said(mona, m.inbox_taken({ name: 'Ben Okoro' }, de));
  await ben.unrouteAll();

  // What a colleague works on comes back, with his name.
  await mona.locator(`[data-mail="${fourth}"]`).click();
  await mona.keyboard.press('e');
  await said(mona, m.inbox_taken_by({ name: 'Ben Okoro' }, de));
  await mona.locator(`[data-mail="${fourth}"]`).waitFor();
  await ben.keyboard.press('Escape');
  await ben.keyboard.press('Escape');
});

test('what a race lost comes back with the reason', async () => {
  const { owner } = desk.database;
  const id = await mona.locator('[data-mail]').first().getAttribute('data-mail');
  const lost = mona.locator(`[data-mail="${id}"]`);
  await lost.click();
  // Ben has it, and she was not told yet.
  await owner`
    update lotse.mails m set taken_by_member_id = b.id, taken_until = now() + interval '2 minutes'
    from lotse.members b where m.id = ${id} and b.workspace_id = m.workspace_id and b.name = 'Ben Okoro'
  `;
  await mona.keyboard.press('e');
  await said(mona, m.errors_mail_taken({ name: 'Ben Okoro' }, de));
  await lost.waitFor();
  await owner`update lotse.mails set taken_by_member_id = null, taken_until = null where id = ${id}`;
});

test('mail that comes while one is on his way elsewhere lets him arrive, though he changes his mind', async () => {
  const contacts = await held(ben, '**/contacts/__data.json*');
  const archived = await held(ben, '**/inbox/__data.json?show=archived*');
  await ben
    .getByRole('navigation')
    .getByRole('link', { name: m.admin_contacts({}, de) })
    .click();
  await contacts.asked;
  const mail = { from: 'Rita Rohr <rita@example.net>', to: 'info@nordlicht.example', subject: 'Keller wieder trocken' };
  await desk.mail({ ...mail, text: 'Danke!' });
  // She has been told and has read anew, as long after the news as he would have.
  await line(mona, mail.subject).waitFor();
  await ben.getByRole('link', { name: m.inbox_show_archived({}, de) }).click();
  await archived.asked;
  await contacts.answer();
  await archived.answer();
  await ben.waitForURL('**/inbox?show=archived');
  await ben.goBack();
  await line(ben, mail.subject).waitFor();
});

test('nothing in it is out of reach of those who cannot see or point', async () => {
  const { violations } = await new AxeBuilder({ page: ben }).exclude('iframe').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
