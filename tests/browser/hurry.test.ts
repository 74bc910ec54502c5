import type { Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { m } from '#lib/i18n/paraglide/messages.js';
import { tokenFor } from '#server/domain/links.ts';
import { linkFor } from '../support/cast.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { held, holdingCommands } from '../support/held.ts';

/* Who is quicker than the network: what he typed, where he went and what he meant holds, whenever the answers come. */

const de = { locale: 'de' } as const;
let desk: Desk;
let ada: Page;

let heldCommand: Awaited<ReturnType<typeof holdingCommands>>;

beforeAll(async () => {
  desk = await openDesk();
  ada = await desk.signIn('ada');
  heldCommand = await holdingCommands(ada);
  await ada.reload();
});
afterAll(() => desk?.close());
afterEach(() => ada.unrouteAll());

/** By the rail, as somebody in a hurry: without loading the page. */
async function go(name: string, place: string) {
  await ada.getByRole('navigation').first().getByRole('link', { name }).click();
  await ada.waitForURL(`**/${place}`);
}

const card = () => ada.locator('.contacts .card');
const listed = (name: string) => ada.locator('.contacts .list').getByRole('link', { name });
const field = (label: string) => card().getByLabel(label);
const save = () => card().getByRole('button', { name: m.common_save({}, de) });
const mails = () =>
  ada.locator('[data-mail]').evaluateAll((lines) => lines.map((each) => each.getAttribute('data-mail')));
const heading = (text: string) => ada.getByRole('heading', { name: text, level: 1 });

async function openContact(name: string) {
  await go(m.admin_contacts({}, de), 'contacts');
  await listed(name).click();
  await heading(name).waitFor();
}

test('what one types while a form is on its way stays', async () => {
  await openContact('Anke Wolters');
  const saving = await held(ada, '**/contacts/**', 'POST');
  await field(m.admin_phone({}, de)).fill('0451 1');
  await save().click();
  await saving.asked;
  await field(m.admin_phone({}, de)).fill('0451 12');
  await field(m.admin_remark({}, de)).fill('Ruft lieber abends an.');
  await saving.answer();
  await ada.getByText(m.admin_saved({}, de)).waitFor();
  expect(await field(m.admin_phone({}, de)).inputValue()).toBe('0451 12');
  expect(await field(m.admin_remark({}, de)).inputValue()).toBe('Ruft lieber abends an.');
});

test('who goes on while a form is on its way arrives, and hears there what was refused', async () => {
  await openContact('Anke Wolters');
  const saving = await held(ada, '**/contacts/**', 'POST');
  await field(m.admin_name({}, de)).fill('');
  await save().click();
  await saving.asked;
  await listed('Elif Demir').click();
  await heading('Elif Demir').waitFor();
  await saving.answer();
  await ada.locator('.toasts').getByText(m.admin_bad_name({}, de)).waitFor();
  expect(await card().locator('[aria-invalid=true]').count()).toBe(0);
});

test('a page that is read anew after a form keeps nobody from where he goes', async () => {
  await openContact('Anke Wolters');
  const saving = await held(ada, '**/contacts/**', 'POST');
  await save().click();
  await saving.asked;
  const going = await held(ada, '**/inbox/__data.json*');
  await ada
    .getByRole('navigation')
    .getByRole('link', { name: m.inbox_title({}, de) })
    .click();
  await going.asked;
  await saving.answer();
  await going.answer();
  await ada.waitForURL('**/inbox');
});

test('who left is not fetched back', async () => {
  await ada.goto(desk.board.replace(/board$/, 'settings/groups'));
  const making = await held(ada, '**/settings/groups?/run', 'POST');
  await ada.getByLabel(m.admin_group_name({}, de)).fill('Nachtdienst');
  await ada.keyboard.press('Enter');
  await making.asked;
  await go(m.inbox_title({}, de), 'inbox');
  await making.answer();
  await ada.getByText(m.admin_group_created({}, de)).waitFor();
  expect(new URL(ada.url()).pathname).toMatch(/inbox$/);
});

test('an old answer does not replace what is typed into the search', async () => {
  await go(m.admin_contacts({}, de), 'contacts');
  const first = await held(ada, '**/contacts/__data.json?q=an&*');
  const search = ada.getByRole('searchbox');
  await search.pressSequentially('an');
  await first.asked;
  await search.pressSequentially('k');
  const second = await held(ada, '**/contacts/__data.json?q=ank&*');
  await first.answer();
  await second.asked;
  expect(await search.inputValue()).toBe('ank');
  await search.pressSequentially('e');
  await second.answer();
  await ada.waitForURL('**/contacts?q=anke');
  expect(await search.inputValue()).toBe('anke');
});

test('a search that waits does not call back who opened a hit', async () => {
  await go(m.admin_contacts({}, de), 'contacts');
  const going = await held(ada, '**/contacts/*/__data.json*');
  await listed('Anke Wolters').waitFor();
  await ada.getByRole('searchbox').evaluate((input: HTMLInputElement) => {
    input.value = 'an';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    document.querySelector<HTMLElement>('.contacts .list ul a')?.click();
  });
  await going.asked;
  await going.answer();
  await heading('Anke Wolters').waitFor();
});

test('a customer on his way to other messages arrives, though news come', async () => {
  const [ticket] = await desk.database.owner<
    { id: string; number: number; workspaceId: string; requesterId: string }[]
  >`
    select t.id, t.number, t.workspace_id, t.requester_id from lotse.tickets t
    where t.visibility = 'public' and t.status = 'open' and t.requester_id is not null order by t.number limit 1
  `;
  if (!ticket) throw new Error('the demo has an open ticket of a customer');
  const { linkId } = await linkFor({ workspaceId: ticket.workspaceId }, ticket.id, ticket.requesterId);
  const link = `${desk.address}/t/${await tokenFor({ id: linkId, generation: 1 })}`;
  const customer = await desk.visit('about:blank');
  const line = customer.waitForEvent('websocket');
  const asked = customer.waitForResponse('**/__data.json*');
  await customer.goto(`${link}?at=2100-01-01T00:00:00.000Z&id=${ticket.id}`);
  await asked;
  const going = await held(customer, '**/__data.json*');
  await customer.getByRole('link', { name: m.page_newest({}, de) }).click({ noWaitAfter: true });
  await going.asked;
  // Its device wakes up: the line answers, and what it gathers for a moment is read before a timer that is set later.
  const answered = (await line).waitForEvent('framereceived', ({ payload }) => String(payload).startsWith('43/t'));
  await customer.evaluate(() => window.dispatchEvent(new Event('online')));
  await answered;
  await customer.evaluate((ms) => new Promise((done) => setTimeout(done, ms)), 120);
  await going.answer();
  await customer.waitForURL((url) => url.search === '');
  await customer.context().close();
});

test('words that were refused come back to where one writes by now, before what one has written since', async () => {
  await go(m.board_title({}, de), 'board');
  const [first, second] = [ada.locator('section.column a.card').first(), ada.locator('section.column a.card').nth(1)];
  const editor = ada.locator('.composer [contenteditable=true]');
  const open = async (one: Locator) => {
    await one.click();
    await ada.waitForURL(`**${await one.getAttribute('href')}`);
    await ada.locator('.composer .modes button.internal').click();
  };
  await open(first);
  await editor.fill('Erster Gedanke.');
  const sending = heldCommand('message.post');
  await ada.keyboard.press('Control+Enter');
  const { refuse } = await sending;
  await open(second);
  await open(first);
  await editor.fill('Zweiter Gedanke.');
  refuse();
  await editor.getByText('Erster Gedanke.').waitFor();
  expect(await editor.innerText()).toMatch(/Erster Gedanke\.\s+Zweiter Gedanke\./);
  await ada.getByText(m.ticket_text_kept({}, de)).waitFor();
});

test('an old answer does not replace a newer history', async () => {
  const first = await held(ada, '**/tickets/*/history');
  await ada.getByRole('tab', { name: m.ticket_history({}, de) }).click();
  await first.asked;
  await ada.getByTitle(m.ticket_subject_change({}, de)).click();
  await ada.getByLabel(m.ticket_subject({}, de), { exact: true }).fill('Ganz anderer Betreff');
  const read = ada.waitForResponse('**/tickets/*/panel');
  await ada.keyboard.press('Enter');
  await read;
  await first.answer();
  await ada
    .locator('.history li', { hasText: m.ticket_said_subject({}, de) })
    .first()
    .waitFor();
});

test('a mail that became a ticket while one went on to another pulls nobody back', async () => {
  await go(m.inbox_title({}, de), 'inbox');
  await ada.keyboard.press('j');
  const make = ada.getByRole('button', { name: m.inbox_make({}, de), exact: true });
  await make.click();
  const making = heldCommand('mail.makeTicket');
  await ada
    .getByRole('dialog')
    .getByRole('button', { name: m.inbox_make_action({}, de) })
    .click();
  const { pass } = await making;
  const [first, , third] = await mails();
  await ada.keyboard.press('Escape');
  await ada.keyboard.press('j');
  await ada.keyboard.press('j');
  await ada.waitForURL(`**/inbox/${third}`);
  pass();
  await ada.locator(`[data-mail="${first}"]`).waitFor({ state: 'detached' });
  await ada.locator(`[data-mail="${third}"][aria-current]`).waitFor();
  expect(new URL(ada.url()).pathname.endsWith(`/inbox/${third}`)).toBe(true);
});

test('a double click files one mail, though the next one lies there already', async () => {
  const [first, second] = await mails();
  await ada.locator(`[data-mail="${first}"]`).click();
  await ada.waitForURL(`**/inbox/${first}`);
  await ada.getByRole('button', { name: m.inbox_archive({}, de), exact: true }).hover();
  await ada.mouse.down();
  await ada.mouse.up();
  await ada.waitForURL(`**/inbox/${second}`);
  await ada.mouse.down({ clickCount: 2 });
  await ada.mouse.up({ clickCount: 2 });
  await ada.locator(`[data-mail="${first}"]`).waitFor({ state: 'detached' });
  expect((await mails())[0]).toBe(second);
});
