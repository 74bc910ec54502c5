import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { act } from '#server/domain/act.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { createTicket } from '../support/cast.ts';
import { startOutboxDesk, type OutboxDesk } from '../support/outbox-desk.ts';
import { until } from '../support/until.ts';

// What comes in goes before what nobody wrote.

let desk: OutboxDesk;

beforeAll(async () => {
  desk = await startOutboxDesk();
});

/** A mail that nobody has read yet; nothing reads mails here. */
beforeEach(async () => {
  await desk.db.owner`
    insert into lotse.mails (workspace_id, account_id, sha256, size)
    select ${desk.cast.workspaceId}, id, ${'2'.repeat(64)}, 1 from lotse.mail_accounts
  `;
});

afterEach(async () => {
  await desk.rest();
  await desk.db.owner`delete from lotse.mails`;
  await desk.db.owner`delete from lotse.outgoing_mails`;
});

afterAll(() => desk.stop());

async function confirm(): Promise<string> {
  const ticket = await createTicket(desk.cast);
  const system = { kind: 'system' as const, workspaceId: desk.cast.workspaceId };
  await act(system, (tx) => outgoing.queueForCustomers(tx, { kind: 'confirmation', ticket, message: null }));
  return ticket;
}

async function confirmationOf(ticket: string) {
  const [row] = await desk.db.owner<{ state: string; attempts: number }[]>`
    select state, attempts from lotse.outgoing_mails where ticket_id = ${ticket} and kind = 'confirmation'
  `;
  return row ?? expect.fail('no confirmation was queued');
}

/** However long this test takes, it is not the minute that lets it go. */
async function leaves(ticket: string): Promise<void> {
  await until(async () => {
    await desk.db.owner`
      update lotse.outgoing_mails set created_at = now() where ticket_id = ${ticket} and state = 'queued'
        and created_at between now() - interval '50 seconds' and now()
    `;
    return (await confirmationOf(ticket)).state === 'sent';
  });
}

test('a confirmation waits while a mail waits to be read, an answer does not', async () => {
  const ticket = await confirm();
  const answer = await desk.say(await createTicket(desk.cast), '<p>Wir kommen morgen.</p>');
  desk.start();
  await desk.becomes(answer, 'sent');
  expect(await confirmationOf(ticket)).toEqual({ state: 'queued', attempts: 0 });
  await desk.db.owner`update lotse.mails set state = 'filed'`;
  desk.poke();
  await leaves(ticket);
});

test('it leaves though more comes in when it has waited for a minute', async () => {
  const [early, late] = [await confirm(), await confirm()];
  await desk.db.owner`
    update lotse.outgoing_mails set created_at = now() - interval '61 seconds' where ticket_id = ${early}
  `;
  desk.start();
  await leaves(early);
  expect(await confirmationOf(late)).toEqual({ state: 'queued', attempts: 0 });
});

test('it leaves at once where a mail is being read or tried again later', async () => {
  await desk.db.owner`update lotse.mails set attempts = 1, next_attempt_at = now() + interval '2 minutes'`;
  const ticket = await confirm();
  desk.start();
  await leaves(ticket);
});

test('somebody is answered at once, after he was told that his mail came', async () => {
  const ticket = await confirm();
  const answer = await desk.say(ticket, '<p>Wir kommen morgen.</p>');
  desk.start();
  await desk.becomes(answer, 'sent');
  expect(await confirmationOf(ticket)).toMatchObject({ state: 'sent' });
  expect(desk.sink.delivered.map(({ raw }) => raw.includes('Wir kommen morgen.'))).toEqual([false, true]);
});

test('no clock that is put back makes it wait', async () => {
  const ticket = await confirm();
  await desk.db.owner`update lotse.outgoing_mails set created_at = now() + interval '1 hour'`;
  desk.start();
  await leaves(ticket);
});
