import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { m } from '#lib/i18n/paraglide/messages.js';
import { emailOf, password } from '#server/demo/cast.ts';
import { tokenFor } from '#server/domain/links.ts';
import { linkFor } from '../support/cast.ts';
import { openDesk, type Desk } from '../support/desk.ts';

/*
 * What people see while something is broken, in Chromium before the real server: a sentence, and everything again by itself.
 * A page that was loaded anew has lost its mark.
 */

const de = { locale: 'de' } as const;
let desk: Desk;

beforeAll(async () => {
  desk = await openDesk({ lines: true });
});

afterEach(() => {
  desk.toDatabase?.mend();
  desk.toServer?.mend();
});

afterAll(async () => {
  await desk?.close();
});

const mark = (page: Page) => page.evaluate(() => void (document.documentElement.dataset['mark'] = 'here'));
const isMarked = (page: Page) => page.evaluate(() => document.documentElement.dataset['mark'] === 'here');
const live = (page: Page) => page.locator('[role=status].live').first().waitFor({ state: 'attached' });
const said = (page: Page, text: string) => page.getByText(text).first().waitFor();
const unsaid = (page: Page, text: string) => page.getByText(text).first().waitFor({ state: 'detached' });

async function customerLink(): Promise<string> {
  const [ticket] = await desk.database.owner<{ id: string; workspaceId: string; requesterId: string }[]>`
    select t.id, t.workspace_id, t.requester_id from lotse.tickets t join lotse.contacts c on c.id = t.requester_id
    where t.visibility = 'public' and t.status = 'open' and c.language = 'de'
    order by t.number limit 1
  `;
  if (!ticket) throw new Error('the demo has an open ticket of a customer who reads German');
  const { linkId } = await linkFor({ workspaceId: ticket.workspaceId }, ticket.id, ticket.requesterId);
  return `${desk.address}/t/${await tokenFor({ id: linkId, generation: 1 })}`;
}

async function openTickets(member: string): Promise<number> {
  const [row] = await desk.database.owner<{ count: number }[]>`
    select count(*) from lotse.tickets t join lotse.members m on m.id = t.responsible_member_id where m.email = ${emailOf(member)}
  `;
  return row?.count ?? 0;
}

test('while the database is away the screen says so, keeps what is done, and sends it when it is back', async () => {
  const ben = await desk.signIn('ben');
  await mark(ben);
  const before = await openTickets('ben');
  desk.toDatabase?.cut();
  await said(ben, m.faults_database_away({}, de));
  await ben.locator('section.column:not([data-column="me"]) a.card').first().focus();
  await ben.keyboard.press('c');
  await said(ben, m.faults_waiting({ count: 1 }, de));
  desk.toDatabase?.mend();
  await unsaid(ben, m.faults_database_away({}, de));
  await unsaid(ben, m.faults_waiting({ count: 1 }, de));
  await live(ben);
  expect(await openTickets('ben')).toBe(before + 1);
  expect(await isMarked(ben)).toBe(true);
  await ben.context().close();
});

test('a page asked for meanwhile says why it is not there, and appears by itself', async () => {
  const ada = await desk.signIn('ada');
  desk.toDatabase?.cut();
  const response = await ada.goto(desk.board.replace(/board$/, 'settings/people'));
  expect(response?.status()).toBe(503);
  expect(response?.headers()['retry-after']).toMatch(/^\d+$/);
  await said(ada, m.faults_title({}, de));
  await mark(ada);
  desk.toDatabase?.mend();
  await ada.getByText(emailOf('ben')).first().waitFor();
  expect(await isMarked(ada)).toBe(true);
  await ada.context().close();
});

test('a page chosen meanwhile is missing inside the house, which stays, and appears by itself', async () => {
  const ada = await desk.signIn('ada');
  await mark(ada);
  desk.toDatabase?.cut();
  await said(ada, m.faults_database_away({}, de));
  await ada
    .getByRole('link', { name: m.admin_contacts({}, de) })
    .first()
    .click();
  await said(ada, m.faults_title({}, de));
  // It has asked again in vain, and the house still stands.
  await ada.waitForResponse((response) => response.url().includes('/contacts/__data.json'));
  expect(await ada.getByRole('navigation').first().isVisible()).toBe(true);
  desk.toDatabase?.mend();
  await ada.locator('a[href*="/contacts/"]').first().waitFor();
  await unsaid(ada, m.faults_title({}, de));
  expect(await isMarked(ada)).toBe(true);
  await ada.context().close();
});

test('a cut line is told, and the screen is live again when it is mended', async () => {
  const mona = await desk.signIn('mona');
  await mark(mona);
  desk.toServer?.cut();
  await said(mona, m.faults_no_connection({}, de));
  desk.toServer?.mend();
  await live(mona);
  await unsaid(mona, m.faults_no_connection({}, de));
  expect(await isMarked(mona)).toBe(true);
  await mona.context().close();
});

test('a search that fails is asked once, says why, and is asked again when one wants it, by keyboard too', async () => {
  const mona = await desk.signIn('mona');
  let asked = 0;
  let isBusy = true;
  await mona.route('**/api/v1/*/search?*', (route) => {
    asked++;
    if (!isBusy) return route.continue();
    const body = { ok: false, error: { code: 'busy', detail: {} } };
    return route.fulfill({ status: 503, contentType: 'application/json', body: JSON.stringify(body) });
  });
  await mona.clock.install();
  const field = mona.getByRole('combobox', { name: m.board_search({}, de) });
  await field.fill('heizung');
  await said(mona, `${m.faults_busy({}, de)} ${m.board_search_failed_text({}, de)}`);
  // Whatever would ask by itself does so with the timers of the next ten seconds.
  await mona.clock.runFor(10_000);
  expect(asked).toBe(1);
  isBusy = false;
  await mona.getByRole('button', { name: m.common_retry({}, de) }).focus();
  await mona.keyboard.press('Enter');
  await mona.locator('[role=option]').first().waitFor();
  expect(asked).toBe(2);
  expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
  const count = await mona.locator('[role=option]').count();
  await mona.getByRole('status').getByText(m.board_search_count({ count }, de)).waitFor({ state: 'attached' });
  await mona.context().close();
});

test('who was signed out overnight signs in beside, and goes on where he was with what he had typed', async () => {
  const ben = await desk.signIn('ben');
  await ben.locator('section[data-column="me"] a.card').first().click();
  const editor = ben.locator('.composer [contenteditable=true]');
  await editor.click();
  await ben.keyboard.type('Ich komme morgen um acht');
  await mark(ben);
  await desk.database.owner`delete from auth.sessions`;
  desk.toServer?.cut();
  await said(ben, m.faults_no_connection({}, de));
  desk.toServer?.mend();
  await said(ben, m.common_ended({}, de));
  const [beside] = await Promise.all([
    ben.context().waitForEvent('page'),
    ben.getByRole('link', { name: m.common_sign_in({}, de) }).click(),
  ]);
  await beside.locator('input[type=email]').fill(emailOf('ben'));
  await beside.locator('input[type=password]').fill(password);
  await beside.keyboard.press('Enter');
  await beside.waitForURL('**/board');
  await beside.close();
  await ben.evaluate(() => window.dispatchEvent(new Event('focus')));
  await live(ben);
  await unsaid(ben, m.common_ended({}, de));
  expect(await editor.textContent()).toContain('Ich komme morgen um acht');
  expect(await isMarked(ben)).toBe(true);
  await ben.context().close();
});

test('what a customer edits while the page is interrupted is kept, and said as a message of its own', async () => {
  const link = await customerLink();
  const customer = await desk.visit(link);
  await customer.locator('textarea').fill('Wann kommen Sie heute?');
  const command = await customer.locator('form[action="?/send"] input[name=command]').inputValue();
  desk.toDatabase?.cut();
  // Sent as before the scripts have come, with a page for an answer.
  await customer.locator('form[action="?/send"]').evaluate((form) => form instanceof HTMLFormElement && form.submit());
  await customer.getByRole('button', { name: m.faults_send_again({}, de) }).waitFor();
  const field = customer.locator('textarea');
  expect(await field.inputValue()).toBe('Wann kommen Sie heute?');
  expect(await customer.locator('form[action="?/send"] input[name=command]').inputValue()).toBe(command);
  await field.fill('Kommen Sie bitte erst morgen.');
  expect(await customer.locator('form[action="?/send"] input[name=command]').inputValue()).not.toBe(command);
  desk.toDatabase?.mend();
  // By itself, with what was written last.
  await customer.locator('ol.days').waitFor();
  expect(await field.inputValue()).toBe('Kommen Sie bitte erst morgen.');
  expect(await customer.locator('form[action="?/send"] input[name=command]').inputValue()).not.toBe(command);
  await customer.getByRole('button', { name: m.page_send({}, de) }).click();
  await customer.getByText('Kommen Sie bitte erst morgen.').waitFor();
  await expect.poll(() => field.inputValue()).toBe('');
  await customer.reload();
  expect(await field.inputValue()).toBe('');
  await customer.context().close();
});

test('without JavaScript a customer finds his words in the field again, and they are said once', async () => {
  const link = await customerLink();
  const customer = await desk.visit(link, { javaScriptEnabled: false });
  desk.toDatabase?.cut();
  await customer.locator('textarea').fill('Wann kommen Sie?');
  await customer.getByRole('button', { name: m.page_send({}, de) }).click();
  await said(customer, m.faults_customer({}, de));
  // Nothing is sent by itself here, and nobody need know what our machines are called.
  expect(await customer.getByText(m.faults_page({}, de)).count()).toBe(0);
  expect(await customer.getByText(/Datenbank|Server|Administration/).count()).toBe(0);
  expect(await customer.locator('textarea').inputValue()).toBe('Wann kommen Sie?');
  desk.toDatabase?.mend();
  // Whatever the server can do first again, reading or writing: the words wait in a field until they stand in the conversation.
  const words = customer.locator('ol.days').getByText('Wann kommen Sie?');
  const either = new RegExp(`^(${m.faults_send_again({}, de)}|${m.page_send({}, de)})$`);
  while (!(await words.count())) await customer.getByRole('button', { name: either }).click();
  expect(await words.count()).toBe(1);
  await customer.context().close();
});
