import { expect, test } from 'vitest';
import { asLink, asSystem } from '#server/database/actor.ts';
import { createTicket, linkFor, run } from '../support/cast.ts';
import { useWorkspace } from '../support/workspace.ts';

const desk = useWorkspace();

test('nobody rewrites, deletes or empties the ledger, not even the owner of the database', async () => {
  await createTicket(desk.cast);
  const { owner } = desk.db;
  for (const statement of [
    `update lotse.events set type = 'ticket.forged'`,
    `update lotse.events set payload = '{}'`,
    `update lotse.events set seq = seq + 1000`,
    `delete from lotse.events`,
    `truncate lotse.events`,
  ])
    await expect(owner.unsafe(statement)).rejects.toMatchObject({ message: 'row.immutable' });
});

test('no event is written with a number of its own', async () => {
  const { workspaceId } = desk.cast;
  const forged = {
    workspaceId,
    seq: 1_000_000,
    class: 'staff',
    type: 'ticket.forged',
    actorKind: 'system',
    audience: ['staff'],
  };
  await expect(asSystem(workspaceId, ({ sql }) => sql`insert into lotse.events ${sql(forged)}`)).rejects.toMatchObject({
    message: 'row.immutable',
  });
  await expect(desk.db.owner`insert into lotse.events ${desk.db.owner(forged)}`).rejects.toMatchObject({
    message: 'row.immutable',
  });
});

test('numbers have no gap and no repetition, whoever writes at once, and what was taken back leaves none', async () => {
  const { ada, mona, ben, workspaceId } = desk.cast;
  const tickets = await Promise.all(Array.from({ length: 12 }, () => createTicket(desk.cast)));
  await Promise.all(
    tickets.flatMap((ticket) => [
      ...[ada, mona, ben].map((actor) => run(actor, 'ticket.claim', { ticket }).catch(() => undefined)),
      run(ada, 'message.post', { ticket, kind: 'message', visibility: 'public', html: '<p>Ja</p>' }),
    ]),
  );
  const [row] = await desk.db.owner<{ n: number; most: number; counter: number }[]>`
    select count(*) as n, max(seq) as most,
      (select event_seq from lotse.workspace_counters where workspace_id = ${workspaceId}) as counter
    from lotse.events where workspace_id = ${workspaceId}
  `;
  expect(row?.n).toBe(row?.most);
  expect(row?.counter).toBe(row?.most);
  const perTicket = await desk.db.owner<{ n: number; most: number }[]>`
    select count(*) as n, max(customer_seq) as most from lotse.events
    where workspace_id = ${workspaceId} and class = 'customer' group by ticket_id
  `;
  for (const { n, most } of perTicket) expect(n).toBe(most);
});

test('all that one transaction tells is numbered at once, in its order, for customers by their ticket', async () => {
  const { workspaceId, zoe } = desk.cast;
  const tickets = [await createTicket(desk.cast), await createTicket(desk.cast)];
  const first = await asSystem(null, async ({ sql }) => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      workspaceId: i % 10 === 9 ? zoe.workspaceId : workspaceId,
      class: i % 3 === 0 && i % 10 !== 9 ? 'customer' : 'staff',
      type: 'ticket.tried',
      ticketId: tickets[i % 2] ?? '',
      actorKind: 'system',
      audience: ['staff'],
      payload: { i },
    }));
    const ids: number[] = [];
    for (const row of rows) {
      const [inserted] = await sql<{ id: number }[]>`insert into lotse.events ${sql(row)} returning id`;
      ids.push(inserted?.id ?? 0);
    }
    return ids[0] ?? 0;
  });
  for (const workspace of [workspaceId, zoe.workspaceId]) {
    const events = await desk.db.owner<{ seq: number; place: number; class: string; customerSeq: number | null }[]>`
      select seq, class, customer_seq, row_number() over (order by id) as place
      from lotse.events where workspace_id = ${workspace} and type = 'ticket.tried' order by id
    `;
    const before = (events[0]?.seq ?? 0) - 1;
    expect(events.map(({ seq }) => seq)).toEqual(events.map(({ place }) => before + place));
    expect(events.filter((event) => (event.class === 'customer') !== (event.customerSeq !== null))).toEqual([]);
  }
  const ofCustomers = await desk.db.owner<{ seqs: number[]; news: number }[]>`
    select array_agg(customer_seq::int order by id) as seqs, count(*) filter (where id >= ${first}) as news
    from lotse.events where class = 'customer' and ticket_id in ${desk.db.owner(tickets)} group by ticket_id
  `;
  expect(ofCustomers).toHaveLength(2);
  for (const { seqs, news } of ofCustomers) {
    expect(news).toBeGreaterThan(3);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  }
});

test('a reader who sees a number sees all before it', async () => {
  const { workspaceId } = desk.cast;
  const tickets = await Promise.all(Array.from({ length: 30 }, () => createTicket(desk.cast)));
  let done = false;
  const writing = Promise.all(tickets.map((ticket) => run(desk.cast.ada, 'ticket.claim', { ticket }))).finally(
    () => (done = true),
  );
  while (!done) {
    const seen = await asSystem(
      workspaceId,
      ({ sql }) => sql<{ seq: number }[]>`select seq from lotse.events where seq is not null order by seq`,
    );
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, i) => i + 1));
  }
  await writing;
});

test('a move shows the ticket out to those who lose it, with nothing but its id', async () => {
  const { mona, heating, lift } = desk.cast;
  const ticket = await createTicket(desk.cast);
  await run(mona, 'ticket.move', { ticket, pool: lift });
  const [left] = await desk.db
    .owner`select audience, payload from lotse.events where ticket_id = ${ticket} and type = 'ticket.left'`;
  expect(left).toEqual({ audience: [`pool:${heating}`], payload: { data: { ticket } } });
});

test('the audience of a ticket is who sees it', async () => {
  const { ben, cleo, ada, heating, caretakers, mona } = desk.cast;
  const ticket = await createTicket(desk.cast);
  await run(mona, 'ticket.support', { ticket, member: cleo.memberId });
  const audience = async () => {
    const [row] = await desk.db.owner<
      { audience: string[] }[]
    >`select audience from lotse.tickets where id = ${ticket}`;
    return new Set(row?.audience);
  };
  const always = ['moderators', `pool:${heating}`, `member:${ada.memberId}`, `member:${cleo.memberId}`];
  expect(await audience()).toEqual(new Set(always));
  await run(mona, 'ticket.assign', { ticket, group: caretakers });
  expect(await audience()).toEqual(new Set([...always, `group:${caretakers}`]));
  await run(mona, 'ticket.assign', { ticket, member: ben.memberId });
  expect(await audience()).toEqual(new Set([...always, `member:${ben.memberId}`]));
});

test('a customer reads of the ledger what is of his class, and not where it stands in the whole', async () => {
  const ticket = await createTicket(desk.cast);
  const link = await linkFor(desk.cast, ticket);
  const events = await asLink(
    link,
    ({ sql }) => sql`select class, customer_seq from lotse.events order by customer_seq`,
  );
  expect(events).toEqual([{ class: 'customer', customerSeq: 1 }]);
  for (const column of ['id', 'seq', 'audience'])
    await expect(asLink(link, ({ sql }) => sql`select ${sql(column)} from lotse.events`)).rejects.toMatchObject({
      code: '42501',
    });
});
