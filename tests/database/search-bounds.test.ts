import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { search } from '#server/domain/search.ts';
import { createTicket, run } from '../support/cast.ts';
import { Chance } from '../support/chance.ts';
import { useWorkspace } from '../support/workspace.ts';

/*
 * The index of the search must never be the reason that something is not taken: texts that grow on their way into it, or are
 * nothing but different words.
 */

const desk = useWorkspace();
/** More than is looked at. */
const most = 110_000;
const message = randomUUID();

beforeAll(async () => {
  const ticket = await createTicket(desk.cast, { subject: 'Grenzen' });
  const post = { ticket, message, kind: 'message', visibility: 'public', html: '<p>Anfang</p>' } as const;
  await run(desk.cast.mona, 'message.post', post);
  // The head stands in each entry: a mailing list whose names are as long as may be, and grow.
  for (let i = 0; i < 60; i++) {
    const contact = randomUUID();
    const name = Array.from({ length: 40 }, (_, sign) => `${word(i * 40 + sign)}\ufdfa`).join(' ');
    const { workspaceId } = desk.cast;
    await desk.db
      .owner`insert into lotse.contacts ${desk.db.owner({ id: contact, workspaceId, name: name.slice(0, 120) })}`;
    const address = `${word(i)}.${'x-y_z.'.repeat(30)}${i}@example.com`;
    await desk.db
      .owner`insert into lotse.contact_addresses ${desk.db.owner({ workspaceId, contactId: contact, address })}`;
    await desk.db
      .owner`insert into lotse.ticket_customers ${desk.db.owner({ workspaceId, ticketId: ticket, contactId: contact })}`;
  }
});

/** A different word of three letters for each number, then of more. */
const word = (number: number) =>
  `${letters[number % 26]}${letters[Math.floor(number / 26) % 26]}${number.toString(36)}`;
const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const sign = (from: number, count: number) => (number: number) => String.fromCodePoint(from + (number % count));
const square = sign(0x3300, 0x58);
/** Three of U+3300 to U+3357, each a whole word of Japanese. */
const squares = (n: number) => square(n) + square(Math.floor(n / 0x58)) + square(Math.floor(n / 0x58 ** 2));
const repeated = (piece: (number: number) => string, between = '') => {
  let text = '';
  for (let number = 0; text.length < most; number++) text += piece(number) + between;
  return text.slice(0, most).toWellFormed();
};

async function take(text: string): Promise<void> {
  await desk.db.owner`update lotse.messages set body_text = ${text} where id = ${message}`;
}

describe('a message is taken', () => {
  test.each<[string, string]>([
    ['signs that normalising makes six of', repeated(squares, ' ')],
    ['the same in a row', repeated(squares)],
    ['signs that normalising makes eighteen of', repeated((n) => `${word(n)}\ufdfa`, '-')],
    ['all of Hangul', repeated(sign(0xac00, 11_172), ' ')],
    ['all of Han, in pairs', repeated((n) => sign(0x4e00, 20_000)(n) + sign(0x4e00, 19_997)(n * 7), ' ')],
    ['Han with hyphens', repeated(sign(0x4e00, 20_000), '-')],
    ['different words with hyphens', repeated((n) => word(n), '-')],
    ['pairs with hyphens', repeated((n) => `${word(n)}-${word(n * 7)}`, ' ')],
    ['addresses of pages', repeated((n) => `${n.toString(36)}.de/${n.toString(36)}`, ' ')],
    ['addresses of mail', repeated((n) => `${n.toString(36)}@${n.toString(36)}.de`, ' ')],
    ['paths', repeated((n) => `/${n.toString(36)}/${(n * 7).toString(36)}`, ' ')],
    ['numbers', repeated((n) => String(n), ' ')],
    ['marks in XML', repeated((n) => `<${word(n)}>&${word(n)};`)],
    ['dotted capitals', repeated((n) => `İ${word(n)}`, ' ')],
    ['one word', 'ß'.repeat(most)],
    ['signs of four bytes', repeated(sign(0x20000, 40_000), ' ')],
    ['faces', '👩‍👩‍👧‍👦'.repeat(most / 10)],
    ['letters with a thousand accents', repeated((n) => word(n) + '\u0301'.repeat(1000), ' ')],
  ])('of %s', async (_, text) => {
    await take(text);
  });

  test.each(Array.from({ length: 6 }, (_, seed) => seed))('of anything (%i)', async (seed) => {
    const chance = new Chance(seed);
    const from = [0x21, 0xc0, 0x400, 0x1e00, 0x3300, 0x4e00, 0xac00, 0xf900, 0xfb00, 0xfdf0, 0xfe70, 0x1d400, 0x20000];
    const between = ['', ' ', '-', '/', '.', '@', '\n', '_', '\u0301'];
    const some = Array.from({ length: 3 }, () => chance.of(from));
    const text = repeated(() => {
      const signs = Array.from({ length: 1 + chance.below(4) }, () =>
        String.fromCodePoint(chance.of(some) + chance.below(200)),
      );
      return signs.join('') + chance.of(between);
    });
    await take(text);
  });

  test('and found by its beginning', async () => {
    await take(`Leuchtfeuer ${repeated(squares, ' ')}`);
    expect((await search(desk.cast.ben, 'leuchtfeuer')).hits).toMatchObject([{ subject: 'Grenzen' }]);
  });
});

test('a ticket is taken whose subject and description grow', async () => {
  const ticket = await createTicket(desk.cast, { subject: '\ufdfa'.repeat(250), description: '\u3300'.repeat(20_000) });
  await run(desk.cast.mona, 'ticket.change', { ticket, subject: `Kai ${'\u3357'.repeat(240)}` });
  expect((await search(desk.cast.ben, 'kai')).hits).toHaveLength(1);
});
