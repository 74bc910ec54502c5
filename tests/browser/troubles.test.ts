import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { m } from '#lib/i18n/paraglide/messages.js';
import { emailOf } from '#server/demo/cast.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { drag, laneOf } from '../support/moves.ts';
import { startRedis, type Redis } from '../support/redis.ts';
import { until } from '../support/until.ts';

/*
 * Trouble of the machine while somebody works, as it stands on the screen: one sentence, what was done is kept, and both are
 * over by themselves. That the database is away or the line is cut: faults.test.ts.
 */

const de = { locale: 'de' } as const;

let redis: Redis;
let desk: Desk;
let ben: Page;

beforeAll(async () => {
  redis = await startRedis();
  desk = await openDesk({ lines: true, redisUrl: redis.url });
  ben = await desk.signIn('ben');
  await mark(ben);
});
afterAll(async () => {
  await desk?.close();
  await redis?.stop();
});

/** A page that was loaded anew has lost it. */
const mark = (page: Page) => page.evaluate(() => void (document.documentElement.dataset['mark'] = 'here'));
const isMarked = (page: Page) => page.evaluate(() => document.documentElement.dataset['mark'] === 'here');
const said = (text: string) => ben.getByText(text).first().waitFor();
const unsaid = (text: string) => ben.getByText(text).first().waitFor({ state: 'detached' });

const card = () => ben.locator('section.column:not([data-column="me"]) a.card').first();

const nameOf = async () => new URL(desk.database.url).pathname.slice(1);

async function isHeldByBen(subject: string): Promise<boolean> {
  const tickets = await desk.database.owner`
    select from lotse.tickets t join lotse.members m on m.id = t.responsible_member_id
    where t.subject = ${subject} and m.email = ${emailOf('ben')}
  `;
  return tickets.length > 0;
}

/** What is open is ended, so that a setting of the database holds for whoever comes back. */
async function setDatabase(setting: string): Promise<void> {
  const { owner } = desk.database;
  await owner.unsafe(`alter database ${await nameOf()} ${setting}`);
  await owner`
    select pg_terminate_backend(pid) from pg_stat_activity
    where usename = 'lotse_app' and datname = current_database() and pid <> pg_backend_pid()
  `;
}

const troubles = [
  {
    what: 'is slow',
    sentence: m.faults_busy,
    // Under way until it answers.
    isKept: false,
    begin: async () => desk.toDatabase?.freeze(),
    end: async () => desk.toDatabase?.mend(),
  },
  {
    what: 'has no connection left',
    sentence: m.faults_busy,
    isKept: true,
    begin: () => setDatabase('connection limit 0'),
    end: () => setDatabase('connection limit -1'),
  },
  {
    what: 'only reads',
    sentence: m.faults_database_read_only,
    isKept: true,
    begin: () => setDatabase('set default_transaction_read_only = on'),
    end: () => setDatabase('reset default_transaction_read_only'),
  },
  {
    what: 'has a full disk',
    sentence: m.faults_disk_full,
    isKept: true,
    begin: async () => {
      await desk.database.owner.unsafe(`
        create function public.full_disk() returns trigger language plpgsql as $$
        begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
        create trigger full_disk before insert on lotse.events for each row execute function public.full_disk();
      `);
    },
    end: async () => {
      await desk.database.owner.unsafe('drop trigger full_disk on lotse.events; drop function public.full_disk()');
    },
  },
];

test.each(troubles)(
  'a database that $what is told, and what was claimed meanwhile is done after it',
  async (trouble) => {
    const subject = (await card().locator('.subject').textContent()) ?? '';
    await trouble.begin();
    await card().focus();
    await ben.keyboard.press('c');
    await said(trouble.sentence({}, de));
    if (trouble.isKept) await said(m.faults_waiting({ count: 1 }, de));
    await trouble.end();
    // It is sent again after up to half a minute, or as soon as the browser hears of its network.
    await ben.evaluate(() => window.dispatchEvent(new Event('online')));
    await unsaid(trouble.sentence({}, de));
    await unsaid(m.faults_waiting({ count: 1 }, de));
    await laneOf(ben).locator('a.card', { hasText: subject }).waitFor();
    await until(() => isHeldByBen(subject));
    expect(await isMarked(ben)).toBe(true);
  },
);

test('what is shown stays where its data are read anew in the midst of trouble, and is read once that is over', async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const asked = ben.waitForRequest('**/board/__data.json*');
  await ben.route('**/board/__data.json*', async (route) => {
    await begun;
    await route.continue();
  });
  const mail = { from: 'Rita Rohr <rita@example.net>', to: 'info@nordlicht.example', subject: 'Wasser im Keller' };
  await desk.mail({ ...mail, text: 'Es steht schon zwei Zentimeter hoch.' });
  await asked;
  await setDatabase('connection limit 0');
  const refused = ben.waitForResponse('**/board/__data.json*');
  begin();
  await refused;
  await said(m.faults_busy({}, de));
  await card().waitFor();
  await setDatabase('connection limit -1');
  await unsaid(m.faults_busy({}, de));
  const [waiting] = await desk.database.owner<{ count: number }[]>`
    select count(*)::int as count from lotse.mails where state = 'waiting'
  `;
  await ben
    .getByRole('link', { name: m.inbox_title({}, de) })
    .getByText(String(waiting?.count), { exact: true })
    .waitFor();
  expect(await isMarked(ben)).toBe(true);
  // While anything is routed a browser keeps no files.
  await ben.unrouteAll();
});

test('without its Redis the board says that presence is off, and moves cards as before', async () => {
  const mona = await desk.signIn('mona');
  const there = ben.locator('li.holder:not(.away)', { hasText: 'Mona Reis' });
  await there.getByText(m.board_online({}, de)).waitFor({ state: 'attached' });
  await redis.kill();
  await said(m.board_presence_off({}, de));
  const card = laneOf(ben).locator('a.card').first();
  const subject = (await card.locator('.subject').textContent()) ?? '';
  await drag(card, ben.locator('li.holder', { hasText: 'Mona Reis' }));
  await laneOf(mona).locator('a.card', { hasText: subject }).waitFor();
  await redis.start();
  await unsaid(m.board_presence_off({}, de));
  await there.getByText(m.board_online({}, de)).waitFor({ state: 'attached' });
  await mona.context().close();
});

test('who tries passwords too often is told how long to wait', async () => {
  const visitor = await desk.visit(`${desk.address}/login`);
  const attempt = async (password: string) => {
    await visitor.locator('input[type=email]').fill(emailOf('mona'));
    await visitor.locator('input[type=password]').fill(password);
    const answer = visitor.waitForResponse((response) => response.request().method() === 'POST');
    await visitor.keyboard.press('Enter');
    await answer;
  };
  const refused = visitor.getByText(/zu viele Versuche\. Bitte warten Sie (\d+ Minuten|eine Minute)\./);
  while (!(await refused.count())) {
    await attempt('kein Kennwort');
    await visitor.getByRole('alert').first().waitFor();
  }
  await visitor.context().close();
});

test.each([
  ['is not there', () => desk.toServer?.cut(), () => desk.toServer?.mend()],
  [
    'is missing behind its proxy',
    () => ben.route('**/contacts/__data.json*', (route) => route.fulfill({ status: 502, body: 'Bad Gateway' })),
    () => ben.unroute('**/contacts/__data.json*'),
  ],
])('a page chosen while the server %s says so and appears by itself', async (_, begin, end) => {
  await ben.goto(desk.board);
  await mark(ben);
  await begin();
  await ben
    .getByRole('link', { name: m.admin_contacts({}, de) })
    .first()
    .click();
  await said(m.faults_server_away({}, de));
  await end();
  await ben.locator('a[href*="/contacts/"]').first().waitFor();
  expect(await isMarked(ben)).toBe(true);
});
