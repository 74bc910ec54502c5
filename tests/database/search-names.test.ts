import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { TransactionSql } from '#server/database/pool.ts';
import { search } from '#server/domain/search.ts';
import { createTicket, run } from '../support/cast.ts';
import { overlap } from '../support/waiting.ts';
import { useWorkspace } from '../support/workspace.ts';

/* Whom one finds by his name is who has it now. */

const desk = useWorkspace();
const subjects = async (text: string) => (await search(desk.cast.ben, text)).hits.map(({ subject }) => subject);

const say = (ticket: string, text: string) =>
  run(desk.cast.mona, 'message.post', {
    ticket,
    message: randomUUID(),
    kind: 'message',
    visibility: 'public',
    html: `<p>${text}</p>`,
  });

async function attach(ticket: string, name: string) {
  const { workspaceId } = desk.cast;
  const file = { workspaceId, ticketId: ticket, name, mime: 'text/plain', size: 1, sha256: '0'.repeat(64) };
  await desk.db
    .owner`insert into lotse.files ${desk.db.owner({ ...file, visibility: 'public', storageKey: randomUUID() })}`;
}

test('names follow each other and do not gather', async () => {
  const contact = (await run(desk.cast.ada, 'contact.create', { name: 'Uta Ampere' })).result['contact'] ?? '';
  const ticket = await createTicket(desk.cast, { subject: 'Zähler', requester: contact });
  await say(ticket, 'Guten Tag, hier ist Uta Ampere');
  await attach(ticket, 'Ampere.pdf');
  const size = async () =>
    (
      await desk.db.owner<{ words: number }[]>`
        select sum(length(words))::int as words from lotse.search_entries where ticket_id = ${ticket}
      `
    )[0]?.words;
  const before = await size();
  for (let i = 0; i < 30; i++) {
    await run(desk.cast.ada, 'contact.change', {
      contact,
      name: `Henry${i}`,
      addresses: [`henry${i}@strom.example`],
    });
  }
  expect(await subjects('henry29@strom.example')).toEqual(['Zähler']);
  expect(await subjects('henry28')).toEqual([]);
  expect(await subjects('henry28@strom.example')).toEqual([]);
  // What somebody wrote, or named a file, stays as it was.
  expect((await search(desk.cast.ben, 'guten ampere')).hits).toMatchObject([{ where: 'message' }]);
  expect((await search(desk.cast.ben, 'ampere.pdf')).hits).toMatchObject([{ where: 'file' }]);
  expect(await subjects('ampere henry29 zähler')).toEqual(['Zähler']);
  await run(desk.cast.ada, 'contact.change', { contact, name: 'Uta Ampere', addresses: [] });
  expect(await subjects('henry29')).toEqual([]);
  expect(await size()).toBe(before);
});

test('a customer who leaves a ticket, or is erased', async () => {
  const contact = (await run(desk.cast.ada, 'contact.create', { name: 'Georg Siemens' })).result['contact'] ?? '';
  const ticket = await createTicket(desk.cast, { subject: 'Freileitung' });
  await say(ticket, 'Mast');
  const { workspaceId } = desk.cast;
  const add = desk.db.owner({ workspaceId, ticketId: ticket, contactId: contact });
  await desk.db.owner`insert into lotse.ticket_customers ${add}`;
  expect(await subjects('siemens mast')).toEqual(['Freileitung']);
  await desk.db.owner`delete from lotse.ticket_customers where ticket_id = ${ticket} and contact_id = ${contact}`;
  expect(await subjects('siemens')).toEqual([]);
  await desk.db.owner`insert into lotse.ticket_customers ${add}`;
  await desk.db.owner`delete from lotse.contacts where id = ${contact}`;
  expect(await subjects('siemens')).toEqual([]);
  expect(await subjects('mast')).toEqual(['Freileitung']);
});

test('a message written while its customer is renamed has the new name', async () => {
  const contact = (await run(desk.cast.ada, 'contact.create', { name: 'Ernst Farad' })).result['contact'] ?? '';
  const ticket = await createTicket(desk.cast, { subject: 'Kondensator', requester: contact });
  const rename = (sql: TransactionSql) => sql`update lotse.contacts set name = 'Ernst Coulomb' where id = ${contact}`;
  await overlap(desk.db.owner, rename, () => say(ticket, 'Entladen'));
  expect(await subjects('coulomb entladen')).toEqual(['Kondensator']);
  expect(await subjects('farad')).toEqual([]);
});
