import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { m } from '#lib/i18n/paraglide/messages.js';
import { openDesk, phone, type Desk } from '../support/desk.ts';
import { cardOf, drag, laneOf } from '../support/moves.ts';

/* A message that its writer takes back in time: the customer, whose page is open all the while, never sees it. */

const de = { locale: 'de' } as const;
const subject = 'Heizkörper im Bad bleibt kalt';

let desk: Desk;
let ben: Page;

beforeAll(async () => {
  desk = await openDesk();
  ben = await desk.signIn('ben');
});
afterAll(() => desk?.close());

const editor = () => ben.locator('.composer [contenteditable=true]');
const wait = (seconds: number) => desk.database.owner`update lotse.workspaces set undo_seconds = ${seconds}`;

async function say(text: string): Promise<void> {
  await ben.locator('.composer .modes button.public').click();
  await editor().fill(text);
  await ben.locator('.composer .send-button').click();
  await ben.locator('.column').getByText(text).first().waitFor();
}

test('what is taken back in time the customer never sees; what is sent instead comes to his page and his mailbox', async () => {
  await desk.mail({
    from: 'Petra Weber <petra.weber@example.org>',
    to: 'service@nordlicht.example',
    subject,
    text: 'Guten Tag,\n\nseit heute früh.',
  });
  await drag(cardOf(ben, subject), laneOf(ben));
  await laneOf(ben).locator('a.card', { hasText: subject }).click();
  await say('Wir kommen am Montag.');
  const { mail } = await desk.sink.next(({ mail: each }) => each.text?.includes('am Montag') === true);
  const link = /http:\/\/\S+\/t\/[\w-]+/.exec(mail.text ?? '')?.[0] ?? '';
  const customer = await desk.visit(link, phone);
  await customer.getByText('Wir kommen am Montag.').waitFor();

  await wait(30);
  await say('Oder am Dienstag, falls Herr Meier zahlt.');
  const undo = ben.getByRole('button', { name: m.common_undo({}, de), exact: true });
  await undo.waitFor();
  await customer.reload();
  await customer.getByText('Wir kommen am Montag.').waitFor();
  expect(await customer.content()).not.toContain('Herr Meier');
  await undo.click();
  await editor().getByText('Oder am Dienstag, falls Herr Meier zahlt.').waitFor();

  await wait(1);
  await say('Oder am Dienstag.');
  await desk.sink.next(({ mail: each }) => each.text?.includes('Oder am Dienstag.') === true);
  await customer.getByText('Oder am Dienstag.').waitFor();
  expect(await customer.content()).not.toContain('Herr Meier');
  expect(desk.sink.delivered.some(({ raw }) => raw.toString().includes('Meier'))).toBe(false);
  await customer.context().close();
});
