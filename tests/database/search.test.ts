import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { piecesOf } from '#lib/shared/search.ts';
import { asActor, asMember } from '#server/database/actor.ts';
import { search } from '#server/domain/search.ts';
import { createTicket, linkFor, run, type Member } from '../support/cast.ts';
import { useWorkspace } from '../support/workspace.ts';

const desk = useWorkspace();
const subjects = async (text: string, member: Member = desk.cast.ben) =>
  (await search(member, text)).hits.map(({ subject }) => subject);

const say = (ticket: string, html: string, visibility: 'public' | 'internal' = 'public') =>
  run(desk.cast.mona, 'message.post', {
    ticket,
    message: randomUUID(),
    kind: visibility === 'public' ? 'message' : 'comment',
    visibility,
    html: `<p>${html}</p>`,
  });

async function attach(ticket: string, name: string, visibility = 'public') {
  const { workspaceId } = desk.cast;
  const file = { workspaceId, ticketId: ticket, name, mime: 'text/plain', size: 1, sha256: '0'.repeat(64), visibility };
  await desk.db.owner`insert into lotse.files ${desk.db.owner({ ...file, storageKey: randomUUID() })}`;
}

const ids: Record<string, string> = {};

beforeAll(async () => {
  const { cast } = desk;
  ids['boiler'] = await createTicket(cast, { subject: 'Heizungen im Erdgeschoss', description: 'Seit gestern kalt.' });
  await say(ids['boiler'], 'Der Monteur bringt Ventile und Dichtungen mit');
  await say(ids['boiler'], 'Kunde zahlt schleppend', 'internal');
  ids['vpn'] = await createTicket(cast, { subject: 'VPN keeps disconnecting', requester: cast.smith });
  await say(ids['vpn'], 'We are running the diagnostics on Renée’s laptop');
  await attach(ids['vpn'], 'Rechnung_2025-Q3.pdf');
  ids['lift'] = await createTicket(cast, {
    subject: 'Aufzug steckt',
    pool: cast.lift,
    description: 'Zwischen zwei Stockwerken',
  });
  ids['old'] = await createTicket(cast, { subject: 'Straße vereist' });
  await run(cast.mona, 'ticket.close', { ticket: ids['old'], inform: false, text: '' });
});

describe('words', () => {
  test.each([
    ['heizung', ['Heizungen im Erdgeschoss']],
    ['HEIZUNGEN', ['Heizungen im Erdgeschoss']],
    ['heiz', ['Heizungen im Erdgeschoss']],
    ['ventil', ['Heizungen im Erdgeschoss']],
    ['gestern', ['Heizungen im Erdgeschoss']],
    ['run diagnostic', ['VPN keeps disconnecting']],
    ['disconnected', ['VPN keeps disconnecting']],
    ['renee', ['VPN keeps disconnecting']],
    ['strasse', ['Straße vereist']],
    ['Straße', ['Straße vereist']],
    ['schleppend', ['Heizungen im Erdgeschoss']],
    ['smith', ['VPN keeps disconnecting']],
    ['john.smith@example.com', ['VPN keeps disconnecting']],
    ['example.com', ['VPN keeps disconnecting']],
    ['rechnung 2025', ['VPN keeps disconnecting']],
    ['Rechnung_2025-Q3.pdf', ['VPN keeps disconnecting']],
  ])('%j finds %j', async (text, found) => {
    expect(await subjects(text)).toEqual(found);
  });

  test('stand together, one in the head and one in a message', async () => {
    expect(await subjects('weber ventile')).toEqual(['Heizungen im Erdgeschoss']);
    expect(await subjects('smith ventile')).toEqual([]);
  });

  test('in a row, left out, or one of two', async () => {
    expect(await subjects('"ventile und dichtungen"')).toEqual(['Heizungen im Erdgeschoss']);
    expect(await subjects('"dichtungen und ventile"')).toEqual([]);
    expect(await subjects('weber -ventile -heizung')).toEqual(['Straße vereist']);
    expect((await subjects('vpn or vereist')).toSorted()).toEqual(['Straße vereist', 'VPN keeps disconnecting']);
  });

  test('a number finds its ticket first', async () => {
    const [hit] = (await search(desk.cast.ben, 'vpn')).hits;
    const other = await createTicket(desk.cast, { subject: `Wie ${hit?.number}` });
    expect((await subjects(`#${hit?.number}`))[0]).toBe('VPN keeps disconnecting');
    expect(await subjects(`${hit?.number}`)).toEqual(['VPN keeps disconnecting', `Wie ${hit?.number}`]);
    await run(desk.cast.mona, 'ticket.change', { ticket: other, subject: 'Weg' });
    expect(await subjects(`${hit?.number}`)).toEqual(['VPN keeps disconnecting']);
  });

  test.each([
    '',
    '   ',
    '-',
    '-heizung',
    '"',
    '""',
    '& | !',
    ':*',
    "'",
    '\\',
    'a:*b',
    '!!!',
    '(((',
    '%',
    '😀',
    'x'.repeat(200),
    '<->',
  ])('nothing sensible (%j) finds nothing and breaks nothing', async (text) => {
    expect(await subjects(text)).toEqual([]);
  });
});

describe('a hit', () => {
  test('says where it was found, with what matches marked', async () => {
    const [ventile] = (await search(desk.cast.ben, 'ventile')).hits;
    expect(ventile).toMatchObject({ where: 'message', isInternal: false, customer: 'Petra Weber', status: 'open' });
    expect(piecesOf(ventile?.text ?? '').filter(({ matches }) => matches)).toEqual([
      { text: 'Ventile', matches: true },
    ]);
    expect((await search(desk.cast.ben, 'schleppend')).hits).toMatchObject([{ where: 'message', isInternal: true }]);
    expect((await search(desk.cast.ben, 'rechnung')).hits).toMatchObject([
      { where: 'file', text: 'Rechnung_2025-Q3.pdf' },
    ]);
    expect((await search(desk.cast.ben, 'vereist')).hits).toMatchObject([{ where: 'ticket', status: 'closed' }]);
  });
});

describe('what is found follows what is there', () => {
  test('an edited message, and a withdrawn one', async () => {
    const message = randomUUID();
    const ticket = await createTicket(desk.cast, { subject: 'Worte' });
    const post = { ticket, message, kind: 'message', visibility: 'public', html: '<p>Kupferrohr</p>' } as const;
    await run(desk.cast.mona, 'message.post', post);
    await run(desk.cast.mona, 'message.edit', { message, html: '<p>Stahlrohr</p>' });
    expect(await subjects('kupferrohr')).toEqual([]);
    expect(await subjects('stahlrohr')).toEqual(['Worte']);
    await run(desk.cast.mona, 'message.withdraw', { message });
    expect(await subjects('stahlrohr')).toEqual([]);
  });

  test('a new subject, for all that was written', async () => {
    const ticket = await createTicket(desk.cast, { subject: 'Dachrinne' });
    await say(ticket, 'Blätter');
    await run(desk.cast.mona, 'ticket.change', { ticket, subject: 'Fallrohr' });
    expect(await subjects('dachrinne')).toEqual([]);
    expect(await subjects('fallrohr blätter')).toEqual(['Fallrohr']);
  });

  test('a customer who is renamed, or gets another address or ticket', async () => {
    const contact = (await run(desk.cast.ada, 'contact.create', { name: 'Ida Ohm' })).result['contact'] ?? '';
    const ticket = await createTicket(desk.cast, { subject: 'Sicherung', requester: contact });
    await run(desk.cast.ada, 'contact.change', { contact, name: 'Ida Volt', addresses: ['ida@strom.example'] });
    expect(await subjects('volt')).toEqual(['Sicherung']);
    expect(await subjects('ida@strom.example')).toEqual(['Sicherung']);
    await run(desk.cast.mona, 'ticket.change', { ticket, requester: desk.cast.smith });
    expect(await subjects('smith sicherung')).toEqual(['Sicherung']);
  });

  test('and goes with it', async () => {
    const ticket = await createTicket(desk.cast, { subject: 'Vergänglich' });
    await desk.db.owner`delete from lotse.tickets where id = ${ticket}`;
    expect(await subjects('vergänglich')).toEqual([]);
    expect(await desk.db.owner`select id from lotse.search_entries where ticket_id = ${ticket}`).toEqual([]);
  });
});

describe('nobody finds what he may not see', () => {
  test('a pool that is not his, but a ticket of it that is', async () => {
    const { cast } = desk;
    expect(await subjects('aufzug')).toEqual([]);
    expect(await subjects('aufzug', cast.gus)).toEqual(['Aufzug steckt']);
    expect(await subjects('aufzug', cast.mona)).toEqual(['Aufzug steckt']);
    await run(cast.mona, 'ticket.support', { ticket: ids['lift'] ?? '', member: cast.ben.memberId });
    expect(await subjects('stockwerken')).toEqual(['Aufzug steckt']);
    await run(cast.mona, 'ticket.unsupport', { ticket: ids['lift'] ?? '', member: cast.ben.memberId });
    expect(await subjects('stockwerken')).toEqual([]);
    await run(cast.mona, 'ticket.assign', { ticket: ids['lift'] ?? '', member: cast.cleo.memberId, group: null });
    expect(await subjects('stockwerken', cast.cleo)).toEqual(['Aufzug steckt']);
    expect(await subjects('heizung', cast.cleo)).toEqual([]);
  });

  test('a ticket that is moved, a grant that ends, a number he guesses', async () => {
    const { cast } = desk;
    const ticket = await createTicket(cast, { subject: 'Wanderer' });
    await say(ticket, 'unterwegs');
    const [hit] = (await search(cast.ben, 'wanderer')).hits;
    await run(cast.mona, 'ticket.move', { ticket, pool: cast.lift });
    expect(await subjects('unterwegs')).toEqual([]);
    expect(await subjects(`#${hit?.number}`)).toEqual([]);
    expect(await subjects('unterwegs', cast.gus)).toEqual(['Wanderer']);
    await run(cast.ada, 'group.setMember', { group: cast.caretakers, member: cast.gus.memberId, isMember: false });
    expect(await subjects('unterwegs', cast.gus)).toEqual([]);
    await run(cast.ada, 'group.setMember', { group: cast.caretakers, member: cast.gus.memberId, isMember: true });
  });

  test('another workspace, somebody deactivated', async () => {
    const { cast } = desk;
    expect(await subjects('heizung', cast.zoe)).toEqual([]);
    expect(await subjects('heizung', { ...cast.mona, workspaceId: cast.zoe.workspaceId })).toEqual([]);
    await run(cast.ada, 'member.change', { member: cast.cleo.memberId, isActive: false });
    expect(await subjects('stockwerken', cast.cleo)).toEqual([]);
  });

  test('who writes the name of a place finds no more than he sees', async () => {
    const hex = desk.cast.lift.replaceAll('-', '');
    for (const text of [`|${hex}`, `'|${hex}'`, hex, `"|${hex}"`, `${hex} or heizung`]) {
      expect((await subjects(text)).includes('Aufzug steckt'), text).toBe(false);
    }
  });

  test('candidates themselves are his: what he sees nothing of costs him no time either', async () => {
    const { cast } = desk;
    const named = (member: Member) =>
      asMember(member, ({ sql }) => sql`select id from private.search('aufzug', 'infinity', ${2 ** 52}, 100)`);
    expect(await named(cast.ben)).toHaveLength(0);
    expect(await named(cast.mona)).not.toHaveLength(0);
  });

  test('customers never search, and nobody reads the index', async () => {
    const { cast, db } = desk;
    const link = await linkFor(cast, ids['boiler'] ?? '');
    const contact = { kind: 'contact', workspaceId: cast.workspaceId, contactId: cast.weber } as const;
    for (const actor of [link, contact]) {
      const asked = asActor(actor, ({ sql }) => sql`select * from private.search('heizung', 'infinity', 1, 10)`);
      await expect(asked).rejects.toThrow(/permission denied/);
    }
    await expect(asMember(cast.ada, ({ sql }) => sql`select words from lotse.search_entries`)).rejects.toThrow(
      /permission denied/,
    );
    expect(await db.owner`select 1 from lotse.search_entries limit 1`).toHaveLength(1);
  });
});

test('pages hold twenty tickets, follow on each other and end', async () => {
  const { cast } = desk;
  for (let i = 0; i < 45; i++) await createTicket(cast, { subject: `Rauchmelder ${i}` });
  const numbers: number[] = [];
  let next: Awaited<ReturnType<typeof search>>['next'] = null;
  let pages = 0;
  do {
    const page: Awaited<ReturnType<typeof search>> = await search(cast.ben, 'rauchmelder', { after: next });
    expect(page.hits.length).toBeLessThanOrEqual(20);
    numbers.push(...page.hits.map(({ number }) => number));
    next = page.next;
    pages++;
  } while (next);
  expect(pages).toBe(3);
  expect(new Set(numbers).size).toBe(45);
  expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
});
