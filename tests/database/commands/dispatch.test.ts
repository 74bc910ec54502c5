import { expect, test } from 'vitest';
import { addMember, createTicket, refusal, run } from '../../support/cast.ts';
import { useWorkspace } from '../../support/workspace.ts';

const desk = useWorkspace();

async function ticketRow(id: string) {
  const [row] = await desk.db.owner<
    { status: string; member: string | null; group: string | null; pool: string; claimedAt: string | null }[]
  >`
    select status, responsible_member_id as member, responsible_group_id as group, pool_id as pool, claimed_at
    from lotse.tickets where id = ${id}
  `;
  return row;
}

test('claiming makes the ticket assigned, giving it back makes it open', async () => {
  const { ben } = desk.cast;
  const ticket = await createTicket(desk.cast);
  await run(ben, 'ticket.claim', { ticket });
  expect(await ticketRow(ticket)).toMatchObject({ status: 'assigned', member: ben.memberId });
  await run(ben, 'ticket.release', { ticket });
  expect(await ticketRow(ticket)).toMatchObject({ status: 'open', member: null, claimedAt: null });
});

test('whoever loses is told who won', async () => {
  const { ben, mona } = desk.cast;
  const ticket = await createTicket(desk.cast);
  await run(ben, 'ticket.claim', { ticket });
  await expect(run(mona, 'ticket.claim', { ticket })).rejects.toMatchObject({
    code: 'ticket.taken',
    detail: { winner: ben.memberId },
  });
});

test('a member claims from his pools only, and does not learn of tickets elsewhere', async () => {
  const { cleo, gus } = desk.cast;
  const ticket = await createTicket(desk.cast);
  expect(await refusal(cleo, 'ticket.claim', { ticket })).toBe('ticket.notFound');
  expect(await refusal(gus, 'ticket.claim', { ticket })).toBe('ticket.notFound');
});

test('who created a ticket sees it, and claims it only with access to its pool', async () => {
  const { cleo, heating } = desk.cast;
  const ticket = (await run(cleo, 'ticket.create', { subject: 'Flur dunkel', pool: heating })).result['ticket'] ?? '';
  expect(await refusal(cleo, 'ticket.claim', { ticket })).toBe('ticket.forbidden');
});

test('a group’s ticket stays open until one of its members, or somebody of the pool, claims it', async () => {
  const { mona, gus, cleo, caretakers } = desk.cast;
  const ticket = await createTicket(desk.cast);
  await run(mona, 'ticket.assign', { ticket, group: caretakers });
  expect(await ticketRow(ticket)).toMatchObject({ status: 'open', group: caretakers });
  expect(await refusal(cleo, 'ticket.claim', { ticket })).toBe('ticket.notFound');
  await run(gus, 'ticket.claim', { ticket });
  expect(await ticketRow(ticket)).toMatchObject({ status: 'assigned', member: gus.memberId, group: null });
});

test('what waits without a person is claimed whatever its status, what has ended is not', async () => {
  const { ben, ada } = desk.cast;
  const ticket = await createTicket(desk.cast);
  await run(ada, 'ticket.setStatus', { ticket, status: 'in_progress' });
  await run(ben, 'ticket.claim', { ticket });
  const ended = await createTicket(desk.cast);
  await run(ada, 'ticket.close', { ticket: ended, inform: false });
  expect(await refusal(ben, 'ticket.claim', { ticket: ended })).toBe('ticket.closed');
});

test('moderators assign any ticket, the responsible his own, others none', async () => {
  const { mona, ben, cleo, gus } = desk.cast;
  const ticket = await createTicket(desk.cast);
  expect(await refusal(ben, 'ticket.assign', { ticket, member: ben.memberId })).toBe('ticket.forbidden');
  await run(mona, 'ticket.assign', { ticket, member: cleo.memberId });
  expect(await refusal(ben, 'ticket.assign', { ticket, member: ben.memberId })).toBe('ticket.forbidden');
  expect(await refusal(gus, 'ticket.assign', { ticket, member: gus.memberId })).toBe('ticket.notFound');
  await run(cleo, 'ticket.assign', { ticket, member: gus.memberId });
  expect(await ticketRow(ticket)).toMatchObject({ member: gus.memberId });
  // Handed over, it is out of Cleo's sight.
  expect(await refusal(cleo, 'ticket.release', { ticket })).toBe('ticket.notFound');
});

test('nothing is given to who has left, nor to a group that was archived', async () => {
  const { ada, mona, heating, workspaceId } = desk.cast;
  const gone = await addMember(workspaceId, 'Gerd Gegangen', 'member');
  await run(ada, 'member.change', { member: gone.memberId, isActive: false });
  const group = (await run(ada, 'group.create', { name: 'Alte Truppe' })).result['group'] ?? '';
  await run(ada, 'group.change', { group, isArchived: true });
  const ticket = await createTicket(desk.cast);
  expect(await refusal(mona, 'ticket.assign', { ticket, member: gone.memberId })).toBe('member.notFound');
  expect(await refusal(mona, 'ticket.assign', { ticket, group })).toBe('group.notFound');
  const input = { subject: 'Neu', pool: heating };
  expect(await refusal(mona, 'ticket.create', { ...input, member: gone.memberId })).toBe('member.notFound');
  expect(await refusal(mona, 'ticket.create', { ...input, group })).toBe('group.notFound');
});

test('in another pool it is among the unclaimed again, and in an archived one never', async () => {
  const { ada, ben, lift } = desk.cast;
  const ticket = await createTicket(desk.cast, { member: ben.memberId });
  await run(ben, 'ticket.move', { ticket, pool: lift });
  expect(await ticketRow(ticket)).toMatchObject({ status: 'open', member: null, pool: lift });
  const pool = (await run(ada, 'pool.create', { name: 'Zu' })).result['pool'] ?? '';
  await run(ada, 'pool.archive', { pool, isArchived: true });
  expect(await refusal(ada, 'ticket.move', { ticket, pool })).toBe('pool.archived');
  expect(await refusal(ada, 'ticket.create', { subject: 'Neu', pool })).toBe('pool.archived');
});

test('what is done already succeeds and leaves no event', async () => {
  const { ben, mona } = desk.cast;
  const ticket = await createTicket(desk.cast, { member: ben.memberId });
  expect((await run(ben, 'ticket.claim', { ticket })).seq).toBe(0);
  expect((await run(mona, 'ticket.assign', { ticket, member: ben.memberId })).seq).toBe(0);
  await run(ben, 'ticket.release', { ticket });
  expect((await run(mona, 'ticket.release', { ticket })).seq).toBe(0);
});
