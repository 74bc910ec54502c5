import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CommandInput } from '#lib/shared/commands.ts';
import { asMember } from '#server/database/actor.ts';
import { trialOf } from '#server/domain/filters.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import type { Loop } from '#server/mail/loop.ts';
import { startOwnRules } from '#server/mail/own-rules.ts';
import { prepare } from '#server/mail/prepare.ts';
import { startTrials } from '#server/mail/trials.ts';
import { createTicket, run } from '../support/cast.ts';
import { startOutboxDesk, type OutboxDesk } from '../support/outbox-desk.ts';
import { until } from '../support/until.ts';
import { numberOf } from '../support/waiting-mail.ts';

/* Rules for what leaves: judged once, when a mail is built. */

let desk: OutboxDesk;
let loops: Loop[];

beforeAll(async () => {
  desk = await startOutboxDesk();
  loops = [startOwnRules(), startTrials()];
});
afterEach(async () => {
  await desk.rest();
  await desk.db.owner`delete from lotse.filters`;
});
afterAll(async () => {
  await Promise.all(loops.map((loop) => loop.stop()));
  await desk.stop();
});

type Rule = Pick<CommandInput<'filter.create'>, 'conditions' | 'actions'> & { isMine?: boolean };

async function addRule(rule: Rule, member = desk.cast.ada): Promise<void> {
  const { filter = '' } = (await run(member, 'filter.create', { name: 'Regel', direction: 'out', ...rule })).result;
  await run(member, 'filter.change', { filter, isActive: true });
}

const text = (value: string) => [{ field: 'text' as const, is: 'contains' as const, value }];
const internal = (ticket: string) => desk.db.owner<{ bodyText: string; authorMemberId: string | null }[]>`
  select body_text, author_member_id from lotse.messages where ticket_id = ${ticket} and visibility = 'internal' order by created_at
`;

test('what a rule holds waits until somebody lets it go, and then leaves', async () => {
  await addRule({ conditions: text('iban'), actions: [{ do: 'hold' }] });
  const ticket = await createTicket(desk.cast);
  const held = await desk.say(ticket, '<p>Unsere IBAN folgt.</p>');
  const free = await desk.say(await createTicket(desk.cast), '<p>Wir kommen morgen.</p>');
  desk.start();
  await desk.becomes(free, 'sent');
  const row = await desk.becomes(held, 'held');
  expect(row.response).toBe('filter.held');
  expect(desk.sink.delivered).toHaveLength(1);
  expect(await desk.deliveries(ticket)).toMatchObject([{ state: 'held' }]);
  await run(desk.cast.mona, 'outgoing.retry', { outgoing: row.id });
  desk.poke();
  await desk.becomes(held, 'sent');
});

test('a rule against automatic mail stops what nobody wrote, and never what somebody did', async () => {
  const conditions = [{ field: 'to' as const, is: 'domain' as const, value: 'example.org' }];
  await addRule({ conditions, actions: [{ do: 'silent' }] });
  const ticket = await createTicket(desk.cast);
  await desk.db.owner`
    insert into lotse.outgoing_mails (workspace_id, kind, ticket_id, to_address)
    values (${desk.cast.workspaceId}, 'notice', ${ticket}, 'meister@example.org')
  `;
  const message = await desk.say(ticket, '<p>Von Hand.</p>');
  desk.start();
  await desk.becomes(message, 'sent');
  const notice = await until(async () => {
    const [row] = await desk.db.owner<{ state: string; response: string; filterNames: string[] }[]>`
      select state, response, filter_names from lotse.outgoing_mails where ticket_id = ${ticket} and kind = 'notice' and state <> 'queued'
    `;
    return row?.state !== 'sending' && row;
  });
  expect(notice).toEqual({ state: 'cancelled', response: 'filter.silent', filterNames: ['Regel'] });
  expect(desk.sink.delivered).toHaveLength(1);
});

test('copies go to a ticket without the customer’s link, and labels to the mail’s own; once, however often it is sent', async () => {
  const file = await createTicket(desk.cast);
  const number = await numberOf(desk.db.owner, file);
  const actions = [
    { do: 'copy' as const, number },
    { do: 'tag' as const, tag: 'anwalt' },
    { do: 'priority' as const, priority: 'high' as const },
  ];
  await addRule({ conditions: text('klage'), actions });
  const ticket = await createTicket(desk.cast);
  desk.sink.answerWith(() => ({ code: 451, text: 'later' }));
  const message = await desk.say(ticket, '<p>Die Klage liegt bei.</p>');
  desk.start();
  await desk.becomes(message, 'queued', 1).then(desk.settled(message));
  desk.sink.answerWith(() => 'take');
  await desk.hurry(message);
  await desk.becomes(message, 'sent');
  const copies = await internal(file);
  expect(copies).toHaveLength(1);
  expect(copies[0]?.bodyText).toContain('Die Klage liegt bei.');
  expect(desk.sink.delivered[0]?.mail.text).toContain('/t/');
  expect(copies[0]?.bodyText).not.toContain('/t/');
  const [labelled] = await desk.db.owner`select tags, priority from lotse.tickets where id = ${ticket}`;
  expect(labelled).toEqual({ tags: ['anwalt'], priority: 'high' });
});

test('what somebody stops while it is written stays stopped, and no rule does anything about it', async () => {
  const file = await createTicket(desk.cast);
  const copy = { do: 'copy' as const, number: await numberOf(desk.db.owner, file) };
  await addRule({ conditions: text('zurück'), actions: [{ do: 'hold' }, copy] });
  const message = await desk.say(await createTicket(desk.cast), '<p>Doch zurück.</p>');
  const taken = await outgoing.take({ most: 5 });
  await run(desk.cast.mona, 'outgoing.cancel', { outgoing: (await desk.row(message)).id });
  await prepare(taken);
  expect(await desk.row(message)).toMatchObject({ state: 'cancelled', response: 'by hand' });
  expect(await internal(file)).toEqual([]);
});

test('a rule of one’s own is for what one writes oneself', async () => {
  const file = await createTicket(desk.cast);
  const actions = [{ do: 'copy' as const, number: await numberOf(desk.db.owner, file) }];
  for (const member of [desk.cast.mona, desk.cast.ada])
    await addRule({ isMine: true, conditions: text('eigene'), actions }, member);
  const message = await desk.say(await createTicket(desk.cast), '<p>Eigene Worte.</p>');
  desk.start();
  await desk.becomes(message, 'sent');
  const copies = await until(async () => {
    const [open] = await desk.db.owner`select from lotse.filter_runs where state = 'asked'`;
    const found = await internal(file);
    return !open && found.length > 0 && found;
  });
  expect(copies.map(({ authorMemberId }) => authorMemberId)).toEqual([desk.cast.mona.memberId]);
});

test('tried on past outgoing mails, a rule says which it would hold', async () => {
  const message = await desk.say(await createTicket(desk.cast), '<p>Vertragsstrafe droht.</p>');
  desk.start();
  await desk.becomes(message, 'sent');
  const rule = { direction: 'out' as const, conditions: text('vertragsstrafe'), actions: [{ do: 'hold' as const }] };
  const { trial = '' } = (await run(desk.cast.ada, 'filter.try', rule)).result;
  const found = await until(async () => {
    const now = await asMember(desk.cast.ada, (tx) => trialOf(tx, trial));
    return now?.state === 'done' && now;
  });
  expect(found.mails).toMatchObject([{ does: 'hold', fromAddress: 'petra.weber@example.org' }]);
});
