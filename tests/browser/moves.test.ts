import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { m } from '#lib/i18n/paraglide/messages.js';
import { openDesk, type Desk } from '../support/desk.ts';
import {
  cardOf,
  columnOf,
  countFrames,
  drag,
  gateOf,
  laneOf,
  listen,
  subjectsIn,
  watchFlights,
} from '../support/moves.ts';
import { until } from '../support/until.ts';

/* Moves that feel right, in several browsers at one desk: at once, in their place, back with a reason, calm, said once. */

const de = { locale: 'de' } as const;
const moving = { reducedMotion: 'no-preference' } as const;

let desk: Desk;
let ben: Page;
let mona: Page;
let gate: Awaited<ReturnType<typeof gateOf>>;

beforeAll(async () => {
  desk = await openDesk();
  [ben, mona] = await Promise.all([desk.signIn('ben', moving), desk.signIn('mona')]);
  gate = await gateOf(ben);
});
afterAll(() => desk?.close());

const heating = (page: Page) => columnOf(page, 'Heizung & Wasser').locator('[data-list]').first();

async function holderOf(subject: string): Promise<string | null> {
  const [row] = await desk.database.owner<{ holder: string | null }[]>`
    select m.name as holder
    from lotse.tickets t
    left join lotse.members m on m.id = t.responsible_member_id
    where t.subject = ${subject}
  `;
  return row?.holder ?? null;
}

async function claims(page: Page, subject: string): Promise<void> {
  await cardOf(page, subject).focus();
  await page.keyboard.press('c');
}

const gapsIn = (page: Page) => heating(page).locator('.gone');

describe('at once', () => {
  test('a dropped card lies there in the next frame, though nobody has answered yet', async () => {
    const subject = 'Heizkörper im Bad entlüften';
    const frames = await countFrames(ben, subject);
    gate.close();
    await drag(cardOf(ben, subject), laneOf(ben));
    expect(await frames()).toBe(0);
    await laneOf(ben).locator('a.card.pending', { hasText: subject }).waitFor();
    expect(await holderOf(subject)).toBeNull();
    gate.open();
    await laneOf(ben).locator('a.card:not(.pending)', { hasText: subject }).waitFor();
    expect(await holderOf(subject)).toBe('Ben Okoro');
  });

  test('a card claimed by key, too', async () => {
    const subject = 'TÜV-Plakette abgelaufen?';
    await cardOf(ben, subject).focus();
    const frames = await countFrames(ben, subject);
    await ben.keyboard.press('c');
    expect(await frames()).toBe(0);
    await until(async () => (await holderOf(subject)) === 'Ben Okoro');
  });
});

describe('never under the pointer', () => {
  test('what others take leaves a gap, what comes is added below; it closes when the pointer goes', async () => {
    const before = await subjectsIn(heating(ben));
    const [first = '', , third = ''] = before;
    await cardOf(ben, third).hover();
    const place = await cardOf(ben, third).boundingBox();
    await claims(mona, first);
    await gapsIn(ben).waitFor();
    await desk.mail({
      from: 'Petra Weber <petra.weber@example.org>',
      to: 'service@nordlicht.example',
      subject: 'Thermostat klappert',
      text: 'Guten Tag,\n\nes klappert.',
    });
    await cardOf(ben, 'Thermostat klappert').waitFor();
    expect(await subjectsIn(heating(ben))).toEqual(['', ...before.slice(1), 'Thermostat klappert']);
    expect(await cardOf(ben, third).boundingBox()).toEqual(place);
    await ben.mouse.move(700, 5);
    await gapsIn(ben).waitFor({ state: 'detached' });
    expect((await subjectsIn(heating(ben))).at(-1)).not.toBe('Thermostat klappert');
  });

  test('a gap below the pointer closes in a pause, and the card under it stays where it is', async () => {
    const [, second = '', , fourth = ''] = await subjectsIn(heating(ben));
    await cardOf(ben, second).hover();
    const place = await cardOf(ben, second).boundingBox();
    await claims(mona, fourth);
    await gapsIn(ben).waitFor();
    await gapsIn(ben).waitFor({ state: 'detached' });
    expect(await cardOf(ben, second).boundingBox()).toEqual(place);
    await ben.mouse.move(700, 5);
  });

  test('the focus goes to the next card when its own is taken, and that is said once', async () => {
    const [first = '', second = ''] = await subjectsIn(heating(ben));
    await cardOf(ben, first).focus();
    const spoken = await listen(ben);
    await claims(mona, first);
    await ben.locator('a.card:focus', { hasText: second }).waitFor();
    const said = await until(async () => {
      const all = await spoken();
      return all.length > 0 && all;
    });
    expect(said).toEqual([expect.stringContaining('Mona Reis')]);
  });
});

describe('back with the reason', () => {
  test('a refused card slides back to where it came from, says who was faster, then goes to him', async () => {
    const list = await subjectsIn(heating(ben));
    const [, subject = ''] = list;
    const spoken = await listen(ben);
    gate.close();
    await claims(mona, subject);
    await until(async () => (await holderOf(subject)) === 'Mona Reis');
    await claims(ben, subject);
    await laneOf(ben).locator('a.card.pending', { hasText: subject }).waitFor();
    gate.open();
    const back = heating(ben).locator('a.card.returned', { hasText: subject });
    await back.getByText(m.errors_ticket_taken({ name: 'Mona Reis' }, de), { exact: true }).waitFor();
    expect(await subjectsIn(heating(ben))).toEqual(list);
    expect(await laneOf(ben).locator('a.card', { hasText: subject }).count()).toBe(0);
    await back.waitFor({ state: 'detached' });
    await cardOf(ben, subject).waitFor({ state: 'detached' });
    expect((await spoken()).filter((text) => text.includes('Mona Reis'))).toHaveLength(1);
  });
});

describe('calm', () => {
  test('what lies in sight flies to who took it; what is scrolled away does not', async () => {
    const [seen = ''] = await subjectsIn(heating(ben));
    const flights = await watchFlights(ben);
    await claims(mona, seen);
    await until(async () => (await flights()).flown === 1);
    await ben.setViewportSize({ width: 1440, height: 330 });
    const unseen = (await subjectsIn(columnOf(mona, 'Miete & Abrechnung').locator('[data-list]').first())).at(-1) ?? '';
    await claims(mona, unseen);
    await cardOf(ben, unseen).waitFor({ state: 'detached' });
    expect((await flights()).flown).toBe(1);
    await ben.setViewportSize({ width: 1440, height: 900 });
  });

  test('many at once are no fireworks, and for who wants no motion nothing moves at all', async () => {
    const still = await desk.signIn('ada');
    const [flights, none] = [await watchFlights(ben), await watchFlights(still)];
    for (const name of ['Miete & Abrechnung', 'Schlüssel & Zugang']) {
      await columnOf(mona, name).locator('a.card').first().focus();
      await mona.keyboard.press('Control+a');
    }
    const chosen = await mona.locator('a.card.chosen').count();
    expect(chosen).toBeGreaterThan(8);
    await mona.keyboard.press('c');
    await mona.getByText(m.moves_many_claimed({ count: chosen }, de)).waitFor();
    await ben.waitForFunction(() => document.querySelectorAll('[data-ghost]').length === 0);
    expect((await flights()).together).toBeLessThanOrEqual(5);
    expect((await flights()).flown).toBeLessThan(chosen);
    expect(await none()).toEqual({ flown: 0, together: 0 });
    expect(await still.locator('.board').evaluate((board) => board.getAnimations({ subtree: true }).length)).toBe(0);
  });
});
