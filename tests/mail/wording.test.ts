import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTicket, run } from '../support/cast.ts';
import { startOutboxDesk, type OutboxDesk } from '../support/outbox-desk.ts';

let desk: OutboxDesk;

beforeAll(async () => {
  desk = await startOutboxDesk();
});

afterEach(() => desk.rest());

afterAll(() => desk.stop());

const said = { kind: 'message' as const, visibility: 'public' as const };

test('a question stands between salutation and closing', async () => {
  const ticket = await createTicket(desk.cast);
  await run(desk.cast.mona, 'message.post', { ...said, ticket, html: '<p>Welche Wohnung?</p>', occasion: 'question' });
  desk.start();
  const { mail } = await desk.sink.next(({ raw }) => raw.includes('Welche Wohnung'));
  expect(mail.text).toMatch(/Sehr geehrte Frau Weber,[\s\S]+Welche Wohnung\?[\s\S]+Freundliche Grüße\nMona Reis\n/);
  expect(mail.subject).toContain('[#');
});

test('interim information brings the public course, newest first, unless it is left out', async () => {
  const ticket = await createTicket(desk.cast);
  await desk.say(ticket, '<p>Zuerst gesagt</p>');
  await desk.say(ticket, '<p>Danach gesagt</p>');
  await run(desk.cast.mona, 'message.post', {
    ...said,
    ticket,
    kind: 'comment',
    visibility: 'internal',
    html: '<p>geheim</p>',
  });
  const inform = (html: string, history: boolean) =>
    run(desk.cast.mona, 'message.post', { ...said, ticket, html, occasion: 'interim', history });
  await inform('<p>Mit Verlauf</p>', true);
  desk.start();
  const { mail: whole } = await desk.sink.next(({ raw }) => raw.includes('Mit Verlauf') && raw.includes('Zuerst'));
  await inform('<p>Ohne alles</p>', false);
  const { mail: short } = await desk.sink.next(({ mail }) => mail.text?.includes('Ohne alles') === true);
  expect(whole.text).toMatch(/Mit Verlauf[\s\S]+Danach gesagt[\s\S]+Zuerst gesagt/);
  expect(`${whole.text ?? ''}${whole.html || ''}`).not.toContain('geheim');
  expect(short.text).not.toContain('gesagt');
  expect(short.text).not.toContain('Verlauf');
});

test('a closing is told without the course when that was left out', async () => {
  const ticket = await createTicket(desk.cast);
  await desk.say(ticket, '<p>Früher gesagt</p>');
  await run(desk.cast.mona, 'ticket.close', { ticket, text: '<p>Erledigt ist es.</p>', history: false });
  desk.start();
  const { mail } = await desk.sink.next(({ raw }) => raw.includes('Erledigt'));
  expect(mail.text).toContain('ist abgeschlossen');
  expect(mail.text).not.toContain('Früher gesagt');
});

test('mails leave in the workspace’s own words, in each customer’s language', async () => {
  const { ada, smith } = desk.cast;
  const template = { occasion: 'message' as const, language: 'en' as const };
  await run(ada, 'template.change', { ...template, body: 'Ahoy {customer}!\n\n{text}\n\nYours, {agent} <{company}>' });
  const [english, german] = [await createTicket(desk.cast, { requester: smith }), await createTicket(desk.cast)];
  await desk.say(english, '<p>Soon</p>');
  await desk.say(german, '<p>Bald</p>');
  desk.start();
  const { mail } = await desk.sink.next(({ raw }) => raw.includes('Ahoy'));
  expect(mail.text).toContain('Ahoy John Smith!\n\nSoon\n\nYours, Mona Reis <Nordlicht Wohnen>');
  expect(mail.html).toContain('Yours, Mona Reis &lt;Nordlicht Wohnen&gt;');
  const { mail: other } = await desk.sink.next(({ mail: each }) => each.text?.includes('Bald') === true);
  expect(other.text).toContain('Guten Tag Frau Weber,');
});
