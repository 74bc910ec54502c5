import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { m } from '#lib/i18n/paraglide/messages.js';
import { openDesk, phone, type Desk } from '../support/desk.ts';
import { until } from '../support/until.ts';
import { drag } from '../support/moves.ts';

/*
 * The main job, end to end: a mail becomes a card, somebody takes it, the customer chats, the team writes notes, a
 * moderator dispatches, the agent closes. Nothing is faked between the mail server in front and the one behind.
 */

const de = { locale: 'de' } as const;

let desk: Desk;
let ben: Page;
let ada: Page;
let mona: Page;

beforeAll(async () => {
  desk = await openDesk();
  const { signInByPassword } = desk;
  [ben, ada, mona] = await Promise.all([signInByPassword('ben'), signInByPassword('ada'), signInByPassword('mona')]);
});
afterAll(() => desk?.close());

const card = (page: Page, subject: string) => page.locator('a.card', { hasText: subject });
const column = (page: Page, name: string) =>
  page.locator('section.column', { has: page.getByRole('heading', { name, exact: true }) });
const lane = (page: Page) => page.locator('section[data-column="me"]');
const editor = (page: Page) => page.locator('.composer [contenteditable=true]');

async function ticketOf(subject: string) {
  return until(async () => {
    const [row] = await desk.database.owner<{ id: string; number: number; holder: string | null; status: string }[]>`
      select t.id, t.number, t.status, m.name as holder
      from lotse.tickets t
      left join lotse.members m on m.id = t.responsible_member_id
      where t.subject = ${subject}
    `;
    return row;
  });
}

async function write(page: Page, mode: 'public' | 'internal', text: string) {
  await page.locator(`.composer .modes button.${mode}`).click();
  await editor(page).fill(text);
  await page.locator('.composer .send-button').click();
  await page.locator('.column').getByText(text).first().waitFor();
}

const subject = 'Wasserhahn in der Küche tropft';
let link = '';

test('a customer’s mail becomes a card in its pool on every open board', async () => {
  await desk.mail({
    from: 'Petra Weber <petra.weber@example.org>',
    to: 'service@nordlicht.example',
    subject,
    text: 'Guten Tag,\n\nder Hahn tropft seit gestern.',
  });
  for (const page of [ben, ada, mona])
    await column(page, 'Heizung & Wasser').locator('a.card', { hasText: subject }).waitFor();
});

test('an agent drags it to himself; every other board shows it leave the pool', async () => {
  await drag(card(ben, subject), lane(ben));
  await lane(ben).locator('a.card', { hasText: subject }).waitFor();
  for (const page of [ada, mona]) {
    await column(page, 'Heizung & Wasser').locator('a.card', { hasText: subject }).waitFor({ state: 'detached' });
  }
  expect(await ticketOf(subject)).toMatchObject({ holder: 'Ben Okoro', status: 'assigned' });
});

test('of two who grab at once one wins, and the other is told who', async () => {
  const wanted = 'Rauchmelder piept alle 40 Sekunden';
  await Promise.all([card(ben, wanted).focus(), ada.locator('a.card', { hasText: wanted }).focus()]);
  await Promise.all([ben.keyboard.press('c'), ada.keyboard.press('c')]);
  const { holder } = await until(async () => {
    const row = await ticketOf(wanted);
    return row.holder ? row : null;
  });
  const [winner, loser] = holder === 'Ben Okoro' ? [ben, ada] : [ada, ben];
  await lane(winner).locator('a.card', { hasText: wanted }).waitFor();
  await lane(loser).locator('a.card', { hasText: wanted }).waitFor({ state: 'detached' });
  await loser
    .getByText(m.errors_ticket_taken({ name: holder ?? '' }, de))
    .first()
    .waitFor();
});

test('he answers; the customer reads the mail, opens its link on his phone and chats without an account', async () => {
  await card(ben, subject).click();
  await write(ben, 'public', 'Ich komme morgen um neun vorbei.');
  await write(ben, 'internal', 'Dichtung 3/8 Zoll mitnehmen, Geheimnis.');
  const mail = await desk.sink.next(({ mail }) => (mail.text ?? '').includes('morgen um neun'));
  expect(mail.mail.from?.text).toContain('Ben Okoro');
  expect(mail.raw.toString()).not.toContain('Geheimnis');
  link = /http:\/\/\S+\/t\/[\w-]+/.exec(mail.mail.text ?? '')?.[0] ?? '';
  const customer = await desk.visit(link, phone);
  await customer.getByText('Ich komme morgen um neun vorbei.').waitFor();
  expect(await customer.content()).not.toContain('Geheimnis');
  await customer.locator('textarea').fill('Prima, ich bin zu Hause.');
  await customer.getByRole('button', { name: m.page_send({}, de) }).click();
  await customer.locator('textarea').waitFor();
  await ben.locator('.column').getByText('Prima, ich bin zu Hause.').waitFor();
  await write(ben, 'public', 'Bis morgen!');
  await customer.getByText('Bis morgen!').waitFor();
  await customer.context().close();
});

test('a colleague opens the same ticket, sees that he is there, and both write in its notes', async () => {
  const { number } = await ticketOf(subject);
  await mona.goto(`${desk.board}/${number}`);
  await mona.getByLabel('Ben Okoro').first().waitFor();
  for (const page of [ben, mona]) await page.getByRole('tab', { name: m.ticket_notes({}, de) }).click();
  const notes = (page: Page) => page.locator('.notes [contenteditable=true]');
  await notes(ben).click();
  await ben.keyboard.type('Ben war hier. ');
  await notes(mona).getByText('Ben war hier.').waitFor();
  await notes(mona).click();
  await mona.keyboard.press('Control+End');
  await mona.keyboard.type('Mona auch.');
  await notes(ben).getByText('Mona auch.').waitFor();
});

test('a moderator drags another card onto a colleague', async () => {
  const other = 'Spülkasten läuft nach';
  await mona.goto(desk.board);
  await mona.locator('[role=status].live').first().waitFor({ state: 'attached' });
  await drag(card(mona, other), mona.locator('li.holder', { hasText: 'Ben Okoro' }));
  await lane(ben).locator('a.card', { hasText: other }).waitFor();
  expect(await ticketOf(other)).toMatchObject({ holder: 'Ben Okoro' });
});

test('he closes and informs: the customer gets the history, and the page takes nothing more', async () => {
  await ben.getByRole('button', { name: m.ticket_finish({}, de), exact: true }).click();
  const dialog = ben.getByRole('dialog');
  await dialog.getByRole('textbox').fill('Die Dichtung ist getauscht.');
  await dialog.getByRole('button', { name: m.ticket_close_inform({}, de) }).click();
  const mail = await desk.sink.next(({ mail }) => (mail.text ?? '').includes('Dichtung ist getauscht'));
  expect(mail.mail.text).toContain('Ich komme morgen um neun vorbei.');
  expect(mail.raw.toString()).not.toContain('Geheimnis');
  await until(async () => (await ticketOf(subject)).status === 'closed');
  const customer = await desk.visit(link, phone);
  await customer.getByText('Die Dichtung ist getauscht.').waitFor();
  expect(await customer.locator('textarea').count()).toBe(0);
  expect(await customer.content()).not.toMatch(/Geheimnis|Ben war hier/);
  await customer.context().close();
});

test('all of it stands in the history', async () => {
  const { id } = await ticketOf(subject);
  const events = await desk.database.owner<{ type: string }[]>`
    select distinct type from lotse.events where ticket_id = ${id} and class = 'staff'
  `;
  const types = events.map((event) => event.type);
  for (const type of ['ticket.created', 'ticket.claimed', 'message.posted', 'mail.queued', 'ticket.closed']) {
    expect(types).toContain(type);
  }
  await ben.getByRole('tab', { name: m.ticket_history({}, de) }).click();
  await ben.getByRole('tabpanel').getByText('Ben Okoro').first().waitFor();
});
