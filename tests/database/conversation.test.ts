import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asActor, asSystem, type Actor } from '#server/database/actor.ts';
import { conversation, filesOf } from '#server/domain/conversation.ts';
import { versionsOf } from '#server/domain/conversation/versions.ts';
import { open } from '#server/domain/tickets/open.ts';
import { createCast, createTicket, linkFor, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let db: TestDatabase;
let cast: Cast;

beforeAll(async () => {
  db = await createTestDatabase();
  cast = await createCast();
});
afterAll(() => db.drop());

const read = (actor: Actor, ticket: string) =>
  asActor(actor, (tx) => conversation(tx, ticket), { readOnly: true }).then(({ messages }) => messages);

async function addMail(ticket: string, row: Record<string, unknown>) {
  const id = randomUUID();
  const mail = {
    id,
    workspaceId: cast.workspaceId,
    ticketId: ticket,
    kind: 'message',
    visibility: 'public',
    channel: 'mail',
  };
  await asSystem(
    cast.workspaceId,
    ({ sql }) => sql`insert into lotse.messages ${sql({ ...mail, authorContactId: cast.weber, ...row })}`,
  );
  return id;
}

async function addFile(actor: Actor, ticket: string, visibility: 'internal' | 'public') {
  const { result } = await run(actor, 'file.add', {
    ticket,
    visibility,
    name: 'foto.jpg',
    mime: 'image/jpeg',
    size: 3,
    sha256: 'b'.repeat(64),
    storageKey: randomUUID(),
  });
  return result['file'] ?? '';
}

describe('a conversation', () => {
  test('tells who said what, in order, with what hangs on it', async () => {
    const ticket = await createTicket(cast);
    await run(await linkFor(cast, ticket), 'message.post', {
      ticket,
      kind: 'message',
      visibility: 'public',
      html: 'Kalt!',
    });
    const file = await addFile(cast.mona, ticket, 'internal');
    await run(cast.mona, 'message.post', {
      ticket,
      kind: 'message',
      visibility: 'public',
      html: '<p>Wir kommen.</p>',
      files: [file],
    });
    const [asked, answered] = await read(cast.ada, ticket);
    expect(asked).toMatchObject({ author: { kind: 'contact', name: 'Petra Weber' }, html: 'Kalt!', channel: 'page' });
    expect(answered).toMatchObject({ author: { kind: 'member', name: 'Mona Reis' }, html: '<p>Wir kommen.</p>' });
    expect(answered?.files).toMatchObject([{ id: file, name: 'foto.jpg', visibility: 'public' }]);
    expect(answered?.deliveries).toMatchObject([{ to: 'petra.weber@example.org', state: 'queued' }]);
  });

  test('shows a customer no internal comment, no internal file and no state of mails', async () => {
    const ticket = await createTicket(cast);
    const link = await linkFor(cast, ticket);
    await run(cast.mona, 'message.post', {
      ticket,
      kind: 'comment',
      visibility: 'internal',
      html: 'Nervt schon wieder',
    });
    await run(cast.mona, 'message.post', { ticket, kind: 'message', visibility: 'public', html: 'Guten Tag' });
    await addFile(cast.mona, ticket, 'internal');
    const shown = await read(link, ticket);
    expect(shown.map(({ html }) => html)).toEqual(['Guten Tag']);
    expect(shown[0]?.deliveries).toEqual([]);
    expect(await asActor(link, (tx) => filesOf(tx, ticket))).toEqual([]);
  });

  test('is empty for whoever may not see the ticket', async () => {
    const ticket = await createTicket(cast);
    await run(cast.mona, 'message.post', { ticket, kind: 'comment', visibility: 'internal', html: 'Nur für uns' });
    for (const actor of [cast.cleo, cast.zoe]) expect(await read(actor, ticket)).toEqual([]);
  });

  test('comes in pages that neither skip nor repeat', async () => {
    const ticket = await createTicket(cast);
    for (let i = 0; i < 65; i++)
      await run(cast.mona, 'message.post', { ticket, kind: 'comment', visibility: 'internal', html: `${i}` });
    const late = await asActor(cast.mona, (tx) => conversation(tx, ticket));
    const first = late.messages[0];
    expect(late).toMatchObject({ hasEarlier: true });
    const early = await asActor(cast.mona, (tx) =>
      conversation(tx, ticket, { before: first && { at: first.at, id: first.id } }),
    );
    expect(early.hasEarlier).toBe(false);
    expect([...early.messages, ...late.messages].map(({ html }) => html)).toEqual(
      Array.from({ length: 65 }, (_, i) => `${i}`),
    );
  });

  test('leaves a trace of what was withdrawn, but not its words or files', async () => {
    const ticket = await createTicket(cast);
    const file = await addFile(cast.mona, ticket, 'internal');
    const { result } = await run(cast.mona, 'message.post', {
      ticket,
      kind: 'message',
      visibility: 'public',
      html: 'Falsch',
      files: [file],
    });
    await run(cast.mona, 'message.withdraw', { message: result['message'] ?? '' });
    const [trace] = await read(cast.mona, ticket);
    expect(trace).toMatchObject({ html: '', files: [], withdrawnAt: expect.any(String) });
  });
});

test('the team can look up what was withdrawn or edited; a customer cannot', async () => {
  const ticket = await createTicket(cast);
  const said = { ticket, kind: 'message', visibility: 'public', html: '<p>Erste</p>' } as const;
  const message = (await run(cast.mona, 'message.post', said)).result['message'] ?? '';
  await run(cast.mona, 'message.edit', { message, html: '<p>Zweite</p>' });
  await run(cast.mona, 'message.withdraw', { message });
  const versions = await asActor(cast.ada, (tx) => versionsOf(tx, message));
  expect(versions.map(({ html }) => html)).toEqual(['<p>Zweite</p>', '<p>Erste</p>']);
  expect(await asActor(cast.zoe, (tx) => versionsOf(tx, message))).toEqual([]);
  await expect(asActor(await linkFor(cast, ticket), (tx) => versionsOf(tx, message))).rejects.toThrow(
    'permission denied',
  );
});

describe('a mail in it', () => {
  test.each([
    [
      'in the page’s own type when it is plain',
      { bodyHtml: '<div style="color:red">Hallo</div>' },
      { html: '<p>Hallo</p>', original: 'aside' },
    ],
    [
      'in its frame when it has a layout',
      { bodyHtml: '<table><tr><td>A</td></tr></table>', bodyText: 'A' },
      { html: '<p>A</p>', original: 'frame' },
    ],
    [
      'as paragraphs when it is text alone',
      { bodyText: 'Hallo <b>\n\nGruß' },
      { html: '<p>Hallo &#60;b&#62;</p><p>Gruß</p>', original: 'none' },
    ],
    [
      'with its quote apart',
      { bodyHtml: '<p>Ja</p>', quotedHtml: '<blockquote>Nein</blockquote>' },
      { html: '<p>Ja</p>', quoted: '<blockquote>Nein</blockquote>' },
    ],
    [
      'with a warning of remote images',
      { bodyHtml: '<img data-remote="https://example.com/x.png">' },
      { original: 'frame', hasRemoteImages: true },
    ],
  ])('is shown %s', async (_, row, shown) => {
    const ticket = await createTicket(cast);
    await addMail(ticket, row);
    expect(await read(cast.mona, ticket)).toMatchObject([shown]);
  });

  test('from a machine, or from somebody else, says so, and the customer is not shown a machine’s', async () => {
    const ticket = await createTicket(cast);
    await addMail(ticket, { bodyText: 'Abwesend', machine: 'automatic' });
    await addMail(ticket, { bodyText: 'Wer bin ich?', verified: false });
    expect(await read(cast.mona, ticket)).toMatchObject([{ machine: 'automatic' }, { isVerified: false }]);
    expect(await read(await linkFor(cast, ticket), ticket)).toMatchObject([
      { html: '<p>Wer bin ich?</p>', isVerified: false },
    ]);
  });
});

describe('an opened ticket', () => {
  const opened = async (actor: Actor, ticket: string) => {
    const [row] = await db.owner<{ number: number }[]>`select number from lotse.tickets where id = ${ticket}`;
    return asActor(actor, (tx) => open(tx, row?.number ?? 0), { readOnly: true });
  };

  test('carries its people, its customers and what one may do', async () => {
    const ticket = await createTicket(cast, { subject: 'Rohrbruch' });
    await run(cast.ada, 'ticket.support', { ticket, member: cast.gus.memberId });
    await linkFor(cast, ticket);
    expect(await opened(cast.ben, ticket)).toMatchObject({
      card: { subject: 'Rohrbruch', customer: 'Petra Weber', status: 'open', pool: cast.heating },
      may: { work: false, handOver: false, claim: true },
      supporters: [{ id: cast.gus.memberId, name: 'Gus Hartmann' }],
      customers: [{ name: 'Petra Weber', addresses: ['petra.weber@example.org'], link: { revokedAt: null } }],
      note: { generation: 1 },
    });
    await run(cast.ben, 'ticket.claim', { ticket });
    expect((await opened(cast.ben, ticket)).may).toEqual({ work: true, handOver: true, claim: false });
  });

  test('is not there for whoever may not see it', async () => {
    const ticket = await createTicket(cast);
    await expect(opened(cast.cleo, ticket)).rejects.toThrow('ticket.notFound');
    await expect(opened(cast.zoe, ticket)).rejects.toThrow('ticket.notFound');
  });
});
