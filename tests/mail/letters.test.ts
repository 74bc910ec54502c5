import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { queueSignInMail } from '#server/auth/mails.ts';
import { decide } from '#server/config.ts';
import { act } from '#server/domain/act.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { createTicket, run } from '../support/cast.ts';
import { startOutboxDesk, type OutboxDesk } from '../support/outbox-desk.ts';
import { until } from '../support/until.ts';

let desk: OutboxDesk;

beforeAll(async () => {
  desk = await startOutboxDesk();
});

afterEach(() => desk.rest());

afterAll(() => desk.stop());

test('one message is one mail to an address, however often it is queued', async () => {
  const ticket = await createTicket(desk.cast);
  const message = await desk.say(ticket, '<p>Einmal</p>');
  await act({ kind: 'system', workspaceId: desk.cast.workspaceId }, (tx) =>
    outgoing.queueForCustomers(tx, { kind: 'message', ticket, message }),
  );
  const [count] = await desk.db.owner`
    select count(*)::int from lotse.outgoing_mails where ticket_message_id = ${message}
  `;
  expect(count).toEqual({ count: 1 });
  await expect(
    desk.db.owner`
      insert into lotse.outgoing_mails (workspace_id, kind, ticket_id, ticket_message_id, to_address)
      values (${desk.cast.workspaceId}, 'message', ${ticket}, ${message}, 'petra.weber@example.org')
    `,
  ).rejects.toThrow(/outgoing_mails_once/);
});

test('each customer reads his own language, and what hangs together is threaded', async () => {
  const german = await createTicket(desk.cast);
  const english = await createTicket(desk.cast, { requester: desk.cast.smith, subject: 'Lift stuck' });
  const first = await desk.say(german, '<p>Erstens</p>');
  desk.start();
  await desk.becomes(first, 'sent');
  const second = await desk.say(german, '<p>Zweitens</p>');
  await run(desk.cast.mona, 'message.post', {
    ticket: german,
    kind: 'comment',
    visibility: 'internal',
    html: '<p>geheime Notiz</p>',
  });
  await desk.becomes(second, 'sent');
  await run(desk.cast.mona, 'ticket.close', { ticket: german, text: '<p>Erledigt.</p>' });
  await desk.say(english, '<p>Soon</p>');
  const closing = await desk.sink.next(({ raw }) => raw.includes('Erledigt.'));
  const toSmith = await desk.sink.next(({ raw }) => raw.includes('Soon'));
  const [one, two] = ['Erstens', 'Zweitens'].map(
    (word) => desk.sink.delivered.find(({ raw }) => raw.includes(word))?.mail,
  );
  expect(one?.text).toContain('Guten Tag Frau Weber');
  expect(toSmith.mail.text).toContain('Dear John Smith');
  expect(two?.inReplyTo).toBe(one?.messageId);
  expect(two?.references).toContain(one?.messageId);
  expect([one?.references].flat()[0]).toBe([two?.references].flat()[0]);
  expect(one?.messageId).toBe(`<${(await desk.row(first)).messageId}>`);
  for (const { mail, raw } of [...desk.sink.delivered, closing]) {
    expect(raw.toString()).not.toContain('geheime');
    expect(`${mail.html || ''}${mail.text ?? ''}`).not.toContain('geheime Notiz');
  }
});

test('a stranger’s subject and id do not get into the customer’s mails', async () => {
  const ticket = await createTicket(desk.cast);
  const [stranger] = await desk.db.owner<{ id: string }[]>`
    insert into lotse.contacts (workspace_id, name) values (${desk.cast.workspaceId}, 'Eve') returning id
  `;
  await desk.db.owner`
    with said as (
      insert into lotse.messages (workspace_id, ticket_id, kind, visibility, author_contact_id, channel, verified)
      values (${desk.cast.workspaceId}, ${ticket}, 'message', 'public', ${stranger?.id ?? ''}, 'mail', false) returning id
    )
    insert into lotse.mails (workspace_id, account_id, sha256, size, state, message_id, subject, ticket_id, ticket_message_id)
    select ${desk.cast.workspaceId}, a.id, ${'0'.repeat(64)}, 1, 'filed', 'evil@attacker.example', 'Zahlen Sie sofort', ${ticket}, said.id
    from said, lotse.mail_accounts a
  `;
  await desk.say(ticket, '<p>Antwort</p>');
  desk.start();
  const { raw } = await desk.sink.next(() => true);
  expect(raw.toString()).not.toMatch(/Zahlen Sie sofort|attacker\.example/);
});

test('without a relay a sign-in mail is held, and its link is told to who runs the desk', async () => {
  delete process.env['SMTP_URL'];
  decide({});
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const link = 'https://desk.example.org/login/confirm?token_hash=abc';
  await queueSignInMail({ kind: 'magicLink', to: 'mona.reis@nordlicht.example', name: 'Mona', language: 'de', link });
  desk.start();
  await until(async () => {
    const [mail] = await desk.db.owner<{ state: string }[]>`
      select state from lotse.outgoing_mails where kind = 'magicLink' and workspace_id is null
    `;
    return mail?.state === 'held';
  });
  expect(told.mock.calls.flat().join('')).toContain(link);
  told.mockRestore();
});
