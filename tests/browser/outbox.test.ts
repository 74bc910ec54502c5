import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { m } from '#lib/i18n/paraglide/messages.js';
import { openDesk, type Desk } from '../support/desk.ts';
import { cardOf, drag, laneOf } from '../support/moves.ts';

/* What an agent sees of his mail: his own outbox, and the pictures of senders whom he trusts. */

const de = { locale: 'de' } as const;
const shop = 'news@shop.example';

let desk: Desk;
let ben: Page;
let host: Server;
let asked: string[] = [];

beforeAll(async () => {
  host = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'image/gif' }).end(pixel);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  desk = await openDesk();
  await desk.database.owner`
    update lotse.mail_accounts set authserv_id = 'mx.nordlicht.example', asks_first = false where address = 'service@nordlicht.example'
  `;
  ben = await desk.signIn('ben');
});
beforeEach(() => void (asked = []));
afterAll(async () => {
  await desk?.close();
  host.close();
});

const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** A mail with a picture on another server; returns that picture's path. */
async function newsletter(subject: string, from: string): Promise<string> {
  const path = `/${encodeURIComponent(subject)}.gif`;
  const source = `http://127.0.0.1:${(host.address() as AddressInfo).port}${path}`;
  await desk.mail({
    from,
    to: 'service@nordlicht.example',
    subject,
    text: subject,
    html: `<table><tr><td>${subject}<img src="${source}" width="40" height="40"></td></tr></table>`,
    headers: { 'Authentication-Results': `mx.nordlicht.example; dmarc=pass header.from=${from.split('@')[1]}` },
  });
  await cardOf(ben, subject).waitFor();
  return path;
}

/** Opens a ticket, and waits until its mail is drawn. */
async function read(subject: string): Promise<void> {
  const [ticket] = await desk.database.owner<
    { number: number }[]
  >`select number from lotse.tickets where subject = ${subject}`;
  await ben.goto(`${desk.board.replace('/board', '')}/tickets/${ticket?.number}`);
  await drawn();
}

const drawn = () => ben.frameLocator('iframe').locator('td').waitFor();

test('a remote picture is asked for by nobody until its reader says so, once or always for a proven sender', async () => {
  await ben.goto(desk.board);
  const [first, second, other] = [
    await newsletter('Angebot im Mai', shop),
    await newsletter('Angebot im Juni', shop),
    await newsletter('Rundbrief', 'post@verein.example'),
  ];
  await read('Angebot im Mai');
  expect(asked).toEqual([]);
  await ben.getByRole('button', { name: m.outbox_images_always({ address: shop }, de) }).click();
  await ben.getByText(m.outbox_images_trusted({ address: shop }, de)).waitFor();
  await expect.poll(() => asked).toEqual([first]);
  await read('Angebot im Juni');
  await expect.poll(() => asked).toContain(second);
  await read('Rundbrief');
  await ben.getByRole('button', { name: m.ticket_images_show({}, de) }).waitFor();
  expect(asked).not.toContain(other);

  await ben.goto(`${desk.board.replace('/board', '')}/account`);
  await ben.getByRole('button', { name: m.outbox_images_stop_label({ address: shop }, de) }).click();
  await ben.getByText(m.outbox_images_none({}, de)).waitFor();
  asked = [];
  await read('Angebot im Juni');
  await ben.getByRole('button', { name: m.ticket_images_show({}, de) }).waitFor();
  expect(asked).toEqual([]);
});

test('what does not arrive stands in the writer’s own outbox, is written anew or sent again, and leaves it by itself', async () => {
  const subject = 'Fenster klemmt';
  await desk.mail({
    from: 'Petra Weber <petra.weber@example.org>',
    to: 'service@nordlicht.example',
    subject,
    text: 'Guten Tag.',
  });
  await ben.goto(desk.board);
  await drag(cardOf(ben, subject), laneOf(ben));
  await laneOf(ben).locator('a.card', { hasText: subject }).click();
  desk.sink.answerWith(({ mail }) =>
    mail.text?.includes('Freitag') ? { code: 550, text: '5.1.1 no such user' } : 'take',
  );
  await ben.locator('.composer .modes button.public').click();
  await ben.locator('.composer [contenteditable=true]').fill('Wir kommen am Freitag.');
  const plan = { name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('Freitag') };
  await ben.locator('.composer input[type=file]').setInputFiles(plan);
  await ben.locator('.composer').getByText('plan.txt').waitFor();
  await ben.locator('.composer .send-button').click();
  await ben
    .locator('nav')
    .getByText(m.outbox_trouble({ count: 1 }, de))
    .waitFor({ state: 'attached' });
  await ben.keyboard.press('Escape');
  await ben.goto(`${desk.board.replace('/board', '')}/outbox`);
  const row = ben.locator('.rows li', { hasText: subject });
  await row.getByText(m.sending_answer_address({}, de)).waitFor();

  await row.getByRole('link', { name: m.outbox_write_label({ address: 'petra.weber@example.org' }, de) }).click();
  await ben.locator('.composer [contenteditable=true]').getByText('Wir kommen am Freitag.').waitFor();
  await ben.locator('.composer').getByText('plan.txt').waitFor();
  expect(new URL(ben.url()).search).toBe('');

  await ben.goto(`${desk.board.replace('/board', '')}/outbox`);
  desk.sink.answerWith(() => 'take');
  await row.getByRole('button', { name: m.outbox_again_label({ address: 'petra.weber@example.org' }, de) }).click();
  await desk.sink.next(({ mail }) => mail.text?.includes('Freitag') === true);
  await row.waitFor({ state: 'detached' });
});
