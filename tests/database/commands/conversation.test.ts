import { describe, expect, test } from 'vitest';
import { asContact, asLink, asSystem } from '#server/database/actor.ts';
import { createTicket, linkFor, refusal, run } from '../../support/cast.ts';
import { useWorkspace } from '../../support/workspace.ts';
import { fileInput } from './samples.ts';

const desk = useWorkspace();

const words = (ticket: string, kind: 'message' | 'comment' = 'message') =>
  ({ ticket, kind, visibility: kind === 'message' ? 'public' : 'internal', html: '<p>Hallo</p>' }) as const;

describe('a customer', () => {
  test('never receives an internal comment, its versions, its files or its events', async () => {
    const { ada } = desk.cast;
    const ticket = await createTicket(desk.cast);
    const link = await linkFor(desk.cast, ticket);
    const file = (await run(ada, 'file.add', fileInput(ticket))).result['file'] ?? '';
    const comment =
      (await run(ada, 'message.post', { ...words(ticket, 'comment'), files: [file] })).result['message'] ?? '';
    await run(ada, 'message.edit', { message: comment, html: '<p>Schuldet noch Miete</p>' });
    const reads = async (sql: Parameters<Parameters<typeof asLink>[1]>[0]['sql']) => ({
      messages: (await sql`select id from lotse.messages where ticket_id = ${ticket}`).length,
      files: (await sql`select id from lotse.files where ticket_id = ${ticket}`).length,
      events: (await sql`select type from lotse.events where ticket_id = ${ticket} and type like 'message.%'`).length,
    });
    expect(await asLink(link, ({ sql }) => reads(sql))).toEqual({ messages: 0, files: 0, events: 0 });
    const contact = { workspaceId: desk.cast.workspaceId, contactId: desk.cast.weber };
    expect(await asContact(contact, ({ sql }) => reads(sql))).toEqual({ messages: 0, files: 0, events: 0 });
  });

  test('who claims to comment has said it aloud', async () => {
    const ticket = await createTicket(desk.cast);
    const link = await linkFor(desk.cast, ticket);
    await run(link, 'message.post', words(ticket, 'comment'));
    const [row] = await desk.db
      .owner`select kind, visibility, author_contact_id from lotse.messages where ticket_id = ${ticket}`;
    expect(row).toMatchObject({ kind: 'message', visibility: 'public', authorContactId: desk.cast.weber });
    const events = await desk.db.owner`
      select payload->'data'->>'visibility' as visibility from lotse.events
      where ticket_id = ${ticket} and type = 'message.posted' and class = 'staff'
    `;
    expect(events).toMatchObject([{ visibility: 'public' }]);
  });

  test('changes and takes back his own words until the ticket closes, and nobody else’s ever', async () => {
    const { ada } = desk.cast;
    const ticket = await createTicket(desk.cast);
    const link = await linkFor(desk.cast, ticket);
    const own = (await run(link, 'message.post', words(ticket))).result['message'] ?? '';
    const theirs = (await run(ada, 'message.post', words(ticket))).result['message'] ?? '';
    await run(link, 'message.edit', { message: own, html: '<p>Guten Tag</p>' });
    expect(await refusal(link, 'message.edit', { message: theirs, html: '<p>Ja</p>' })).toBe('message.notFound');
    expect(await refusal(link, 'message.withdraw', { message: theirs })).toBe('message.notFound');
    expect(await refusal(ada, 'message.edit', { message: own, html: '<p>Nein</p>' })).toBe('message.notFound');
    await run(ada, 'ticket.close', { ticket, inform: false });
    expect(await refusal(link, 'message.edit', { message: own, html: '<p>Zu spät</p>' })).toBe('ticket.closed');
    expect(await refusal(link, 'message.withdraw', { message: own })).toBe('ticket.closed');
    expect(await refusal(link, 'message.post', words(ticket))).toBe('ticket.closed');
  });

  test('hangs only files of his own on his words', async () => {
    const { ada } = desk.cast;
    const ticket = await createTicket(desk.cast);
    const link = await linkFor(desk.cast, ticket);
    const theirs = (await run(ada, 'file.add', fileInput(ticket))).result['file'] ?? '';
    const elsewhere = await createTicket(desk.cast);
    const other =
      (await run(await linkFor(desk.cast, elsewhere), 'file.add', fileInput(elsewhere))).result['file'] ?? '';
    for (const file of [theirs, other])
      expect(await refusal(link, 'message.post', { ...words(ticket), files: [file] })).toBe('file.notFound');
  });

  test('is told his ticket’s own counter, not how busy the desk is', async () => {
    const ticket = await createTicket(desk.cast);
    const link = await linkFor(desk.cast, ticket);
    for (let i = 0; i < 5; i++) await run(desk.cast.ada, 'message.post', words(ticket, 'comment'));
    expect((await run(link, 'message.post', words(ticket))).seq).toBe(2);
  });

  test('learns of another participant his name and no more', async () => {
    const { smith, workspaceId, weber } = desk.cast;
    const ticket = await createTicket(desk.cast);
    const link = await linkFor(desk.cast, ticket);
    await run(await linkFor(desk.cast, ticket, smith), 'message.post', words(ticket));
    const names = await asLink(link, ({ sql }) => sql`select name from lotse.contacts order by name`);
    expect(names).toMatchObject([{ name: 'John Smith' }, { name: 'Petra Weber' }]);
    for (const column of ['phone', 'remark', 'organisation_id', 'user_id'])
      await expect(
        asContact({ workspaceId, contactId: weber }, ({ sql }) => sql`select ${sql(column)} from lotse.contacts`),
      ).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the team', () => {
  test('writes where it works: readers do not, comments least of all', async () => {
    const { ben, mona } = desk.cast;
    const ticket = await createTicket(desk.cast, { member: mona.memberId });
    expect(await refusal(ben, 'message.post', words(ticket))).toBe('forbidden');
    expect(await refusal(ben, 'message.post', words(ticket, 'comment'))).toBe('forbidden');
  });

  test('says nothing to the customer on an ended ticket, but may comment', async () => {
    const { ada } = desk.cast;
    const ticket = await createTicket(desk.cast);
    await run(ada, 'ticket.close', { ticket, inform: false });
    expect(await refusal(ada, 'message.post', words(ticket))).toBe('ticket.closed');
    expect(await refusal(ada, 'message.post', words(ticket, 'comment'))).toBeNull();
  });

  test('sees what stood there before; a withdrawn message stays withdrawn', async () => {
    const { ada } = desk.cast;
    const ticket = await createTicket(desk.cast);
    const message = (await run(ada, 'message.post', words(ticket))).result['message'] ?? '';
    await run(ada, 'message.edit', { message, html: '<p>Zwei</p>' });
    await run(ada, 'message.withdraw', { message });
    const versions = await desk.db
      .owner`select body_text from lotse.message_versions where message_id = ${message} order by id`;
    expect(versions.map((row) => row['bodyText'])).toEqual(['Hallo', 'Zwei']);
    expect(await refusal(ada, 'message.edit', { message, html: '<p>Drei</p>' })).toBe('message.withdrawn');
    expect(await refusal(ada, 'message.withdraw', { message })).toBe('message.notFound');
  });

  test('does not turn a comment public, or give it another author or ticket, by any statement', async () => {
    const { ada, workspaceId } = desk.cast;
    const ticket = await createTicket(desk.cast);
    const message = (await run(ada, 'message.post', words(ticket, 'comment'))).result['message'] ?? '';
    for (const change of [
      `visibility = 'public', kind = 'message'`,
      `author_member_id = null`,
      `ticket_id = gen_random_uuid()`,
    ])
      await expect(
        asSystem(workspaceId, ({ sql }) => sql`update lotse.messages set ${sql.unsafe(change)} where id = ${message}`),
      ).rejects.toMatchObject({ code: 'LT001', message: 'row.immutable' });
  });

  test('marks a file for the customer where it works, and a file of a message follows the message', async () => {
    const { ada, ben } = desk.cast;
    const ticket = await createTicket(desk.cast);
    const link = await linkFor(desk.cast, ticket);
    const seen = () => asLink(link, ({ sql }) => sql`select id from lotse.files`);
    const file = (await run(ada, 'file.add', fileInput(ticket))).result['file'] ?? '';
    expect(await refusal(ben, 'file.show', { file, visibility: 'public' })).toBe('forbidden');
    expect(await refusal(ben, 'file.remove', { file })).toBe('forbidden');
    expect(await seen()).toHaveLength(0);
    await run(ada, 'file.show', { file, visibility: 'public' });
    expect((await run(ada, 'file.show', { file, visibility: 'public' })).seq).toBe(0);
    expect(await seen()).toHaveLength(1);
    await run(ada, 'file.show', { file, visibility: 'internal' });
    await run(ada, 'message.post', { ...words(ticket, 'comment'), files: [file] });
    expect(await refusal(ada, 'file.show', { file, visibility: 'public' })).toBe('forbidden');
    expect(await seen()).toHaveLength(0);
  });

  test('shows nobody the bytes of another file by naming their key', async () => {
    const { ada } = desk.cast;
    const secret = fileInput(await createTicket(desk.cast));
    await run(ada, 'file.add', secret);
    const ticket = await createTicket(desk.cast);
    const link = await linkFor(desk.cast, ticket);
    expect(await refusal(link, 'file.add', { ...fileInput(ticket), storageKey: secret.storageKey })).toBe(
      'already.exists',
    );
  });
});
