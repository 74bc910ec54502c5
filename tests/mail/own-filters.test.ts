import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import { filters, settleRun, type FilterRun } from '#server/domain/filters.ts';
import { createTicket, refusal, run, type Member } from '../support/cast.ts';
import { asking, startFilterDesk, subject, type FilterDesk } from '../support/filter-desk.ts';
import { until } from '../support/until.ts';
import { numberOf } from '../support/waiting-mail.ts';

/* Rules of single people: done in their name, under their rights. */

let desk: FilterDesk;

beforeAll(async () => {
  desk = await startFilterDesk();
});
beforeEach(() => desk.db.owner`delete from lotse.filters`);
afterAll(() => desk.stop());

const ran = (member: Member, mail: string) =>
  until(async () => {
    const [row] = await desk.db.owner<{ state: string; reason: string }[]>`
      select state, reason from lotse.filter_runs where member_id = ${member.memberId} and mail_id = ${mail} and state <> 'asked'
    `;
    return row;
  });

test('a rule of one’s own takes new tickets, labels them and marks them as read, in one’s name', async () => {
  await desk.addOwn(desk.cast.ben, 'Therme', [{ do: 'claim' }, { do: 'tag', tag: 'bens' }]);
  const mail = await desk.send('Therme pfeift');
  expect(await ran(desk.cast.ben, mail.id)).toMatchObject({ state: 'done' });
  const [taken] = await desk.db
    .owner`select responsible_member_id, tags from lotse.tickets where id = ${mail.ticketId}`;
  expect(taken).toEqual({ responsibleMemberId: desk.cast.ben.memberId, tags: ['bens'] });
  const [said] = await desk.db.owner`
    select actor_member_id from lotse.events where ticket_id = ${mail.ticketId} and type = 'ticket.claimed'
  `;
  expect(said).toEqual({ actorMemberId: desk.cast.ben.memberId });
  await desk.addOwn(desk.cast.ben, 'Rundruf', [{ do: 'read' }]);
  const number = await numberOf(desk.db.owner, mail.ticketId ?? '');
  const answer = await desk.send(`Rundruf [#${number}]`);
  expect(answer.ticketId).toBe(mail.ticketId);
  await ran(desk.cast.ben, answer.id);
  const [read] = await desk.db.owner<{ isRead: boolean }[]>`
    select r.read_at >= t.last_message_at as is_read
    from lotse.ticket_reads r join lotse.tickets t on t.id = r.ticket_id
    where r.ticket_id = ${mail.ticketId} and r.member_id = ${desk.cast.ben.memberId}
  `;
  expect(read).toEqual({ isRead: true });
});

test('of two who want the same ticket one gets it; what does not come to somebody his rules never touch', async () => {
  for (const member of [desk.cast.ben, desk.cast.mona, desk.cast.cleo])
    await desk.addOwn(member, 'Kessel', [{ do: 'claim' }]);
  const mail = await desk.send('Kessel kalt');
  const states = await until(async () => {
    const rows = await desk.db.owner<{ memberId: string; state: string; reason: string }[]>`
      select member_id, state, reason from lotse.filter_runs where mail_id = ${mail.id}
    `;
    return rows.every(({ state }) => state !== 'asked') && rows;
  });
  // Cleo sees no ticket of this pool: of hers nothing stays.
  expect(states.map(({ memberId }) => memberId)).not.toContain(desk.cast.cleo.memberId);
  const [{ responsibleMemberId: winner } = { responsibleMemberId: '' }] = await desk.db.owner<
    { responsibleMemberId: string }[]
  >`
    select responsible_member_id from lotse.tickets where id = ${mail.ticketId}
  `;
  expect([desk.cast.ben.memberId, desk.cast.mona.memberId]).toContain(winner);
  expect(states.filter(({ state }) => state === 'done').map(({ memberId }) => memberId)).toContain(winner);
});

test('what comes to a colleague one’s rules leave alone, also where one sees it; what was done is done once', async () => {
  const { ben, mona, heating } = desk.cast;
  const ticket = await createTicket(desk.cast, { pool: heating });
  const file = await createTicket(desk.cast);
  await run(mona, 'ticket.claim', { ticket });
  const copy = { do: 'copy' as const, number: await numberOf(desk.db.owner, file) };
  for (const member of [ben, mona]) await desk.addOwn(member, 'Brenner', [copy]);
  const subjectOf = `Brenner [#${await numberOf(desk.db.owner, ticket)}]`;
  const answer = await desk.send(subjectOf, { from: 'petra.weber@example.org' });
  expect(answer.ticketId).toBe(ticket);
  expect(await ran(mona, answer.id)).toMatchObject({ state: 'done' });
  const runs = await until(async () => {
    const rows = await desk.db.owner<FilterRun[]>`
      select id, workspace_id, member_id, mail_id, outgoing_mail_id, names, actions, state from lotse.filter_runs where mail_id = ${answer.id}
    `;
    return rows.length === 1 && rows;
  });
  expect(runs).toMatchObject([{ memberId: mona.memberId }]);
  // As a second worker does that met the first at the same run.
  for (const each of runs) await settleRun(each);
  expect(await desk.comments(file)).toHaveLength(1);
});

test('the rules of somebody who left are nobody’s', async () => {
  const { ada, ben } = desk.cast;
  await desk.addOwn(ben, 'Abschied', [{ do: 'tag', tag: 'weg' }]);
  await run(ada, 'member.change', { member: ben.memberId, isActive: false });
  const mail = await desk.send('Abschied nehmen');
  await run(ada, 'member.change', { member: ben.memberId, isActive: true });
  expect(await desk.db.owner`select from lotse.filter_runs where mail_id = ${mail.id}`).toHaveLength(0);
});

test('a rule of one’s own puts what waits on a ticket, and does nothing that its owner may not', async () => {
  const target = await createTicket(desk.cast);
  const number = await numberOf(desk.db.owner, target);
  await run(desk.cast.ben, 'ticket.claim', { ticket: target });
  await desk.addOwn(desk.cast.ben, 'Gutachten', [{ do: 'move', number }]);
  const waiting = await desk.send('Gutachten Nord', { to: asking });
  expect(await ran(desk.cast.ben, waiting.id)).toMatchObject({ state: 'done' });
  const [filed] = await desk.db
    .owner`select ticket_id, reason, decided_by_member_id from lotse.mails where id = ${waiting.id}`;
  expect(filed).toEqual({ ticketId: target, reason: 'inbox.attached', decidedByMemberId: desk.cast.ben.memberId });
  // A ticket that Ben does not see.
  const hidden = await createTicket(desk.cast, { pool: desk.cast.lift });
  await desk.addOwn(desk.cast.ben, 'Verboten', [{ do: 'copy', number: await numberOf(desk.db.owner, hidden) }]);
  const mail = await desk.send('Verboten nah');
  expect(await ran(desk.cast.ben, mail.id)).toEqual({ state: 'refused', reason: 'ticket.notFound' });
  expect(await desk.comments(hidden)).toEqual([]);
});

test('one’s own rules are tried over what came to oneself, and nobody else sees them', async () => {
  const mail = await desk.send('Wasserfleck im Bad');
  const rule = { isMine: true, conditions: subject('begins', 'wasserfleck'), actions: [{ do: 'claim' as const }] };
  expect((await desk.tried(desk.cast.ben, rule)).mails).toMatchObject([{ id: mail.id, does: 'claim' }]);
  expect((await desk.tried(desk.cast.cleo, rule)).mails).toEqual([]);
  const filter = await desk.addOwn(desk.cast.ben, 'Wasserfleck', [{ do: 'claim' }]);
  expect(await asMember(desk.cast.ada, (tx) => filters(tx, { direction: 'in', isMine: true }))).toEqual([]);
  expect(await refusal(desk.cast.ada, 'filter.change', { filter, isActive: false })).toBe('filter.notFound');
  expect(await refusal(desk.cast.ben, 'filter.create', { ...rule, name: 'Weg', actions: [{ do: 'ignore' }] })).toBe(
    'bad.input',
  );
  expect(await refusal(desk.cast.ben, 'filter.change', { filter, actions: [{ do: 'ignore' }] })).toBe('bad.input');
  const direct = desk.db.owner`update lotse.filters set actions = '[{"do":"ignore"}]' where id = ${filter}`;
  await expect(direct).rejects.toThrow('filters_does');
});
