import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { m } from '#lib/i18n/paraglide/messages.js';
import { openDesk, type Desk } from '../support/desk.ts';
import { cardOf, columnOf, laneOf, listen, subjectsIn } from '../support/moves.ts';
import { until } from '../support/until.ts';

/* What somebody who hears the board is told, in two browsers: each deed and each gift once, and nothing of others' business. */

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

async function ticketOf(subject: string) {
  const [ticket] = await desk.database.owner<{ number: number; holder: string | null }[]>`
    select
      t.number,
      m.name as holder
    from lotse.tickets t
    left join lotse.members m on m.id = t.responsible_member_id
    where t.subject = ${subject}
  `;
  if (!ticket) throw new Error(`No ticket "${subject}"`);
  return ticket;
}

const numberOf = async (subject: string) => (await ticketOf(subject)).number;

/** By keys alone: the picker of people, who it is, done. */
async function gives(page: Page, { subject, to }: { subject: string; to: string }): Promise<void> {
  await cardOf(page, subject).focus();
  await page.keyboard.press('a');
  await page.getByRole('combobox', { name: m.board_menu_assign({}, de) }).waitFor();
  await page.keyboard.type(to);
  await page.getByRole('option', { name: to }).waitFor();
  await page.keyboard.press('Enter');
  await until(async () => (await ticketOf(subject)).holder === to);
}

test('one hears each deed of one’s own and each gift once, and nothing of what others do among themselves', async () => {
  const [own = '', gift = '', last = ''] = await subjectsIn(listOf(ben, 'Heizung & Wasser'));
  // Where his focus does not lie: the fate of the card one is at is one's own business.
  const [other = ''] = await subjectsIn(listOf(ben, 'Miete & Abrechnung'));
  const numbers = await Promise.all([own, gift, other, last].map(numberOf));
  const [heard, said] = [await listen(ben), await listen(mona)];

  await cardOf(ben, own).focus();
  await ben.keyboard.press('c');
  await laneOf(ben).locator('a.card:not(.pending)', { hasText: own }).waitFor();
  await gives(mona, { subject: gift, to: 'Ben Okoro' });
  await laneOf(ben).locator('a.card', { hasText: gift }).waitFor();
  await gives(mona, { subject: other, to: 'Gus Hartmann' });
  await listOf(ben, 'Miete & Abrechnung').locator('a.card', { hasText: other }).waitFor({ state: 'detached' });
  await gives(mona, { subject: last, to: 'Ben Okoro' });
  await laneOf(ben).locator('a.card', { hasText: last }).waitFor();

  const name = 'Mona Reis';
  const toBen = [
    m.board_said_claimed({ number: numbers[0] ?? 0 }, de),
    m.moves_heard_to_me({ number: numbers[1] ?? 0, subject: gift, name }, de),
    m.moves_heard_to_me({ number: numbers[3] ?? 0, subject: last, name }, de),
  ];
  // The last sentence closes the ledger: whatever was said twice was said before it.
  await until(async () => (await heard()).includes(toBen.at(-1) ?? ''));
  expect(await heard()).toEqual(toBen);
  const byMona = ['Ben Okoro', 'Gus Hartmann', 'Ben Okoro'].map((to, index) =>
    m.board_said_assigned({ number: numbers[index + 1] ?? 0, name: to }, de),
  );
  await until(async () => (await said()).includes(byMona.at(-1) ?? ''));
  expect(await said()).toEqual(byMona);
});
