import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { glance } from '#server/domain/board/glance.ts';
import { search } from '#server/domain/contacts/search.ts';
import { createCast, createTicket, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let cast: Cast;

beforeAll(async () => {
  database = await createTestDatabase();
  cast = await createCast();
  await run(cast.ada, 'contact.create', {
    name: 'Hans 100% Krüger',
    organisation: 'Krüger & Söhne',
    addresses: ['hk@example.net', 'office@example.net'],
  });
});

afterAll(() => database.drop());

describe('searching a contact', () => {
  const names = async (text: string, member = cast.ben) => (await search(member, text)).map(({ name }) => name);

  test('finds by name, organisation and address, all words in any order', async () => {
    expect(await names('weber')).toEqual(['Petra Weber']);
    expect(await names('example.org PETRA')).toEqual(['Petra Weber']);
    expect(await names('söhne')).toEqual(['Hans 100% Krüger']);
    expect(await names('petra smith')).toEqual([]);
  });

  test('says where his mail goes', async () => {
    expect(await search(cast.ben, 'krüger')).toMatchObject([
      { organisation: 'Krüger & Söhne', address: 'hk@example.net' },
    ]);
  });

  test('takes signs of patterns for what they are', async () => {
    expect(await names('100%')).toEqual(['Hans 100% Krüger']);
    expect(await names('%')).toEqual(['Hans 100% Krüger']);
    expect(await names('_eber')).toEqual([]);
    expect(await names('\\')).toEqual([]);
  });

  test('puts those first whose name begins so', async () => {
    await run(cast.ada, 'contact.create', { name: 'Anna Peters' });
    expect(await names('pet')).toEqual(['Petra Weber', 'Anna Peters']);
  });

  test('stays in the workspace', async () => {
    expect(await names('weber', cast.zoe)).toEqual([]);
  });
});

describe('a glance at a ticket', () => {
  test('shows the description and what was said last', async () => {
    const ticket = await createTicket(cast, { description: 'Seit gestern Abend.' });
    expect(await glance(cast.ben, ticket)).toEqual({ description: 'Seit gestern Abend.', last: null });
    await run(cast.mona, 'message.post', {
      ticket,
      kind: 'comment',
      visibility: 'internal',
      html: '<p>Monteur kommt</p>',
    });
    expect(await glance(cast.ben, ticket)).toMatchObject({
      last: { text: 'Monteur kommt', author: 'Mona Reis', isCustomer: false, visibility: 'internal' },
    });
  });

  test('what one does not see is not there', async () => {
    const ticket = await createTicket(cast);
    await expect(glance(cast.cleo, ticket)).rejects.toThrow('ticket.notFound');
    await expect(glance(cast.zoe, ticket)).rejects.toThrow('ticket.notFound');
  });
});
