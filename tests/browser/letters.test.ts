import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { m } from '#lib/i18n/paraglide/messages.js';
import { checkSteps } from '#lib/shared/checks.ts';
import { company } from '#server/demo/cast.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { cardOf, drag, laneOf } from '../support/moves.ts';

/* What a workspace writes by mail: its own words, a question that puts the ticket aside, letters, text blocks; and how its mail is set. */

const de = { locale: 'de' } as const;
const subject = 'Heizkörper im Bad bleibt kalt';

let desk: Desk;
let ada: Page;
let ben: Page;

beforeAll(async () => {
  desk = await openDesk();
  [ada, ben] = await Promise.all([desk.signIn('ada'), desk.signIn('ben')]);
});
afterAll(() => desk?.close());

const settings = (path: string) => `${desk.address}/${company.slug}/settings/${path}`;
const editor = () => ben.locator('.composer [contenteditable=true]');

test('an administrator words a mail: an unknown placeholder is refused, and the preview shows a real ticket', async () => {
  await ada.goto(settings('letters/question/de'));
  const field = ada.getByLabel(m.letters_text({}, de), { exact: true });
  await field.fill('{anrede}\n\n{text}');
  await ada.getByRole('button', { name: m.common_save({}, de) }).click();
  await ada
    .getByText(m.letters_problem_unknown({ placeholder: '{anrede}' }, de))
    .first()
    .waitFor();
  await field.fill('\n\nEine Frage, bitte:\n\n{text}');
  await field.press('Control+Home');
  await ada.getByRole('button', { name: m.letters_ph_salutation({}, de) }).click();
  await ada.frameLocator('iframe').getByText('Eine Frage, bitte:').waitFor();
  await ada.getByRole('button', { name: m.common_save({}, de) }).click();
  await ada.getByText(m.letters_own({}, de)).waitFor();
});

test('a question goes out in these words and puts the card aside until the customer answers', async () => {
  await desk.mail({
    from: 'Petra Weber <petra.weber@example.org>',
    to: 'service@nordlicht.example',
    subject,
    text: 'Guten Tag,\n\nseit heute früh.',
  });
  await drag(cardOf(ben, subject), laneOf(ben));
  await laneOf(ben).locator('a.card', { hasText: subject }).click();
  await ben.getByRole('button', { name: m.ticket_ask({}, de), exact: true }).click();
  await editor().fill('Welcher Raum ist es genau?');
  await ben.locator('.composer .send-button').click();
  const { mail } = await desk.sink.next(({ mail: each }) => each.text?.includes('Welcher Raum') === true);
  expect(mail.text).toMatch(/Sehr geehrte Frau [^\n]*Weber,\n\nEine Frage, bitte:\n\nWelcher Raum ist es genau\?/);
  await laneOf(ben)
    .locator('a.card', { hasText: subject })
    .getByText(m.ticket_deferred({}, de), { exact: true })
    .waitFor();
  await desk.mail({
    from: 'Petra Weber <petra.weber@example.org>',
    to: 'service@nordlicht.example',
    subject: `Re: ${mail.subject ?? ''}`,
    text: 'Das Bad.',
    inReplyTo: mail.messageId ?? '',
  });
  await ben.locator('.column').getByText('Das Bad.').waitFor();
  await laneOf(ben)
    .locator('a.card', { hasText: subject })
    .getByText(m.ticket_deferred({}, de), { exact: true })
    .waitFor({ state: 'detached' });
});

test('a text block comes by a slash, with keys alone, filled with the customer’s name', async () => {
  await ada.goto(settings('blocks'));
  await ada.getByLabel(m.blocks_name({}, de)).fill('Terminvorschlag');
  await ada.getByLabel(m.blocks_german({}, de)).fill('Passt Ihnen Montag um zehn, {customer}?');
  await ada.getByRole('button', { name: m.admin_create({}, de) }).click();
  await ada.getByRole('link', { name: 'Terminvorschlag' }).waitFor();
  await ben.getByRole('button', { name: m.ticket_reply({}, de), exact: true }).click();
  await editor().click();
  await ben.keyboard.type('Hallo! /termin');
  await ben.getByRole('option', { name: 'Terminvorschlag' }).waitFor();
  await ben.keyboard.press('Enter');
  await editor().getByText('Hallo! Passt Ihnen Montag um zehn, Petra Weber?').waitFor();
  await ben.keyboard.type(' 1/2 /');
  await ben.getByRole('listbox', { name: m.blocks_title({}, de) }).waitFor();
  await ben.keyboard.press('Escape');
  await ben.getByRole('listbox', { name: m.blocks_title({}, de) }).waitFor({ state: 'detached' });
  await editor().fill('');
});

test('somebody outside is asked for a statement, and interim information is seen before it is sent', async () => {
  const more = () => ben.getByRole('button', { name: m.ticket_more_letters({}, de) }).click();
  await more();
  await ben.getByRole('menuitem', { name: m.ticket_statement_menu({}, de) }).click();
  const dialog = ben.getByRole('dialog');
  await dialog.getByRole('combobox').fill('gutachter@example.net');
  await ben.keyboard.press('Enter');
  await dialog.getByLabel(m.ticket_interim_words({}, de)).fill('Bitte sehen Sie sich das an.');
  await dialog.getByRole('button', { name: m.ticket_statement_send({}, de) }).click();
  await dialog.waitFor({ state: 'detached' });
  const asked = await desk.sink.next(({ raw }) => raw.includes('gutachter@example.net'));
  expect(asked.mail.text).not.toContain('/t/');
  await more();
  await ben.getByRole('menuitem', { name: m.ticket_interim_menu({}, de) }).click();
  await dialog.getByText(m.ticket_preview_mail({}, de)).click();
  await dialog.frameLocator('iframe').getByText('Welcher Raum ist es genau?').waitFor();
  await dialog.getByRole('button', { name: m.ticket_interim_send({}, de) }).click();
  await dialog.waitFor({ state: 'detached' });
  await desk.sink.next(({ mail }) => mail.text?.includes(m.ticket_interim_draft({}, de)) === true);
});

test('the record of a domain’s signature is shown to be published, looked for, and the signing switched on', async () => {
  await ada.goto(settings('domains'));
  await ada.getByRole('button', { name: m.dkim_create({}, de) }).click();
  const box = ada.getByRole('region', { name: 'nordlicht.example' });
  await box.getByText(/^lotse-[0-9a-f]{6}\._domainkey\.nordlicht\.example$/).waitFor();
  await box.getByText(/^v=DKIM1; k=rsa; p=MII/).waitFor();
  await box.getByRole('button', { name: m.dkim_copy_value({}, de) }).waitFor();
  await box.getByRole('button', { name: m.dkim_check({}, de) }).click();
  // Nobody has published anything for a domain of examples, and a machine without a network cannot tell.
  const found = box.getByText(m.dkim_finding_missing({}, de)).or(box.getByText(m.dkim_finding_away({}, de)));
  await found.waitFor();
  await box.getByRole('button', { name: m.dkim_turn_on({}, de) }).click();
  await box.getByText(m.dkim_state_on({}, de), { exact: true }).waitFor();
  const size = ada.viewportSize();
  await ada.setViewportSize({ width: 390, height: 844 });
  expect(await ada.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  if (size) await ada.setViewportSize(size);
});

test('an account is tried by a mail to itself and an answer to it; a server that refuses is quoted', async () => {
  const address = 'service@nordlicht.example';
  const [account] = await desk.database.owner<{ id: string }[]>`
    select id from lotse.mail_accounts where address = ${address}
  `;
  await ada.goto(settings(`accounts/${account?.id}`));
  const steps = ada.locator('.result li');
  await ada.getByRole('button', { name: m.mailbox_check_start({}, de) }).click();
  await desk.handOn(await desk.sink.next(({ to }) => to[0] === address));
  await desk.handOn(await desk.sink.next(({ to }) => /^service\+\S+@nordlicht\.example$/.test(to[0] ?? '')));
  await ada.getByText(m.mailbox_check_passed({}, de)).waitFor();
  expect(await steps.count()).toBe(checkSteps.length);
  expect(await ada.locator('.result li.done').count()).toBe(checkSteps.length);
  desk.sink.answerWith(() => ({ code: 550, text: '5.7.1 not from this sender' }));
  await ada.getByRole('button', { name: m.mailbox_check_again({}, de) }).click();
  await ada.getByText(m.mailbox_check_send_refused({}, de)).waitFor();
  await ada.getByText('not from this sender').waitFor();
  await steps.getByText(m.mailbox_check_ended({}, de)).waitFor();
  desk.sink.answerWith(() => 'take');
});

test('a rule with a gap is not saved: its field says what is missing and has the focus', async () => {
  await ada.goto(settings('filters/new'));
  await ada.getByLabel(m.admin_name({}, de), { exact: true }).fill('Post vom Baumarkt');
  const save = ada.getByRole('button', { name: m.common_save({}, de), exact: true });
  const value = ada.getByLabel(m.inbox_filter_value({}, de));
  await save.click();
  await ada.getByText(m.filters_bad({}, de)).waitFor();
  const marked = ada.locator('[aria-invalid=true]');
  expect(await marked.count()).toBe(1);
  expect(await value.getAttribute('aria-invalid')).toBe('true');
  expect(await value.evaluate((field) => field === document.activeElement)).toBe(true);
  const described = await value.getAttribute('aria-describedby');
  expect(await ada.locator(`[id="${described}"]`).textContent()).toBe(m.filters_bad_value({}, de));
  await ada.keyboard.type('shop.example');
  await marked.waitFor({ state: 'detached' });
  await save.click();
  await ada.getByRole('link', { name: 'Post vom Baumarkt' }).waitFor();
});
