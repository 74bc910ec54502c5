import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import { card } from '#server/domain/contacts/card.ts';
import { contacts } from '#server/domain/contacts/list.ts';
import { accounts, groupSettings, invitations, people, poolSettings, workspace } from '#server/domain/settings.ts';
import { createCast, createTicket, refusal, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let db: TestDatabase;
let cast: Cast;

beforeAll(async () => {
  db = await createTestDatabase();
  cast = await createCast();
});
afterAll(() => db.drop());

test('a sub pool stands behind its main one, whatever was made between them', async () => {
  const garden = await run(cast.ada, 'pool.create', { name: 'Garten' });
  const burner = await run(cast.ada, 'pool.create', { name: 'Brenner', parent: cast.heating });
  const names = (await asMember(cast.ada, poolSettings)).map(({ name }) => name);
  expect(names).toEqual(['Allgemein', 'Heizung', 'Brenner', 'Aufzug', 'Garten']);
  await run(cast.ada, 'pool.place', { pool: garden.result['pool'] ?? '', after: null });
  expect((await asMember(cast.ada, poolSettings)).map(({ name }) => name)[0]).toBe('Garten');
  await run(cast.ada, 'pool.delete', { pool: burner.result['pool'] ?? '' });
});

test('a pool says who was let in and what lies in it', async () => {
  await createTicket(cast);
  const closed = await createTicket(cast);
  await run(cast.ada, 'ticket.close', { ticket: closed, inform: false });
  const pool = (await asMember(cast.ada, poolSettings)).find(({ id }) => id === cast.heating);
  expect(pool).toMatchObject({ members: [cast.ben.memberId], groups: [], tickets: 2, open: 1, accounts: [] });
  await run(cast.ada, 'pool.setAccess', { pool: cast.heating, group: cast.caretakers, allowed: true });
  await run(cast.ada, 'pool.setAccess', { pool: cast.heating, member: cast.ben.memberId, allowed: false });
  const after = (await asMember(cast.ada, poolSettings)).find(({ id }) => id === cast.heating);
  expect(after).toMatchObject({ members: [], groups: [cast.caretakers] });
  await run(cast.ada, 'pool.setAccess', { pool: cast.heating, member: cast.ben.memberId, allowed: true });
});

test('a pool that a mail account files into cannot be deleted', async () => {
  const pool = (await run(cast.ada, 'pool.create', { name: 'Post' })).result['pool'] ?? '';
  const input = { name: 'Service', address: 'service@nordlicht.example', pool, kind: 'smtp' } as const;
  const account = (await run(cast.ada, 'account.create', input)).result['account'] ?? '';
  expect((await asMember(cast.ada, poolSettings)).find(({ id }) => id === pool)?.accounts).toEqual(['Service']);
  expect(await refusal(cast.ada, 'pool.delete', { pool })).toBe('in.use');
  await run(cast.ada, 'account.change', { account, pool: cast.heating });
  expect(await refusal(cast.ada, 'pool.delete', { pool })).toBeNull();
});

test('the password of a mail account goes in and never comes out', async () => {
  const input = {
    name: 'Miete',
    address: 'miete@nordlicht.example',
    pool: cast.heating,
    kind: 'imap',
    imapHost: 'imap.example.org',
    imapUser: 'miete',
    imapPassword: 'geheim-7',
  } as const;
  const account = (await run(cast.ada, 'account.create', input)).result['account'];
  const seen = (await asMember(cast.ada, accounts)).find(({ id }) => id === account);
  expect(seen).toMatchObject({ name: 'Miete', imapHost: 'imap.example.org', isPaused: false });
  expect(JSON.stringify(seen)).not.toContain('geheim-7');
  const moved = { account: account ?? '', imapHost: 'evil.example.net', imapPassword: '' };
  expect(await refusal(cast.ada, 'account.change', moved)).toBe('account.passwordNeeded');
});

test('an invitation waits in the list until it is revoked', async () => {
  const input = { email: 'lena@nordlicht.example', name: 'Lena Vogt', role: 'member' } as const;
  const invitation = (await run(cast.ada, 'member.invite', input)).result['invitation'] ?? '';
  const [waiting] = await asMember(cast.ada, invitations);
  expect(waiting).toMatchObject({ id: invitation, name: 'Lena Vogt', isExpired: false });
  const [mail] = await db.owner`select id from lotse.outgoing_mails where to_address = 'lena@nordlicht.example'`;
  expect(waiting?.mail?.id).toBe(mail?.['id']);
  await run(cast.ada, 'invitation.revoke', { invitation });
  expect(await asMember(cast.ada, invitations)).toEqual([]);
});

test('the last administrator stays one', async () => {
  const me = cast.ada.memberId;
  expect(await refusal(cast.ada, 'member.change', { member: me, role: 'member' })).toBe('member.lastAdministrator');
  expect(await refusal(cast.ada, 'member.change', { member: me, isActive: false })).toBe('member.lastAdministrator');
  expect((await asMember(cast.ada, people)).find(({ id }) => id === me)?.role).toBe('administrator');
});

test('a group shows its members and the pools it opens', async () => {
  const [group] = await asMember(cast.ada, groupSettings);
  expect(group).toMatchObject({ name: 'Hausmeister', members: [cast.gus.memberId], isArchived: false });
  expect(group?.pools).toContain('Aufzug');
});

test('members and moderators read neither accounts nor invitations, and another workspace nothing at all', async () => {
  for (const person of [cast.mona, cast.ben]) {
    expect(await asMember(person, accounts)).toEqual([]);
    expect(await asMember(person, invitations)).toEqual([]);
  }
  expect((await asMember(cast.zoe, poolSettings)).map(({ name }) => name)).toEqual(['Allgemein']);
  expect((await asMember(cast.zoe, people)).map(({ name }) => name)).toEqual(['Zoe Adler']);
  expect((await asMember(cast.zoe, workspace)).name).toBe('Südstern IT');
});

test('a customer is found by any word of name, company, phone or any address', async () => {
  const input = {
    name: 'Karl Ostermann',
    organisation: 'Backhaus Ostermann',
    phone: '+49 40 555 0109',
    addresses: ['ostermann@backhaus.example', 'karl_o@example.org'],
  };
  const id = (await run(cast.ada, 'contact.create', input)).result['contact'] ?? '';
  for (const text of ['ostermann', 'BACK karl', '555 0109', 'karl_o@']) {
    expect((await asMember(cast.ben, (tx) => contacts(tx, { text }))).map((found) => found.id)).toEqual([id]);
  }
  expect(await asMember(cast.ben, (tx) => contacts(tx, { text: 'karlxo@' }))).toEqual([]);
  expect(await asMember(cast.zoe, (tx) => contacts(tx, { text: 'ostermann' }))).toEqual([]);
});

test('a customer card lists only the tickets that its reader may see', async () => {
  const lift = await createTicket(cast, { pool: cast.lift, subject: 'Aufzug steckt', requester: cast.smith });
  const heat = await createTicket(cast, { subject: 'Kalt', requester: cast.smith });
  expect([lift, heat]).toHaveLength(2);
  const subjects = async (who: typeof cast.ada) =>
    (await asMember(who, (tx) => card(tx, cast.smith))).tickets.map(({ subject }) => subject).sort();
  expect(await subjects(cast.ada)).toEqual(['Aufzug steckt', 'Kalt']);
  expect(await subjects(cast.ben)).toEqual(['Kalt']);
  await expect(asMember(cast.zoe, (tx) => card(tx, cast.smith))).rejects.toThrow('contact.notFound');
  await expect(asMember(cast.ada, (tx) => card(tx, randomUUID()))).rejects.toThrow('contact.notFound');
});

test('addresses of a contact change in their order, and one of another contact is refused', async () => {
  const change = (addresses: string[]) => ({ contact: cast.smith, addresses });
  await run(cast.mona, 'contact.change', change(['john@work.example', 'john.smith@example.com']));
  const first = await asMember(cast.mona, (tx) => card(tx, cast.smith));
  expect(first.addresses).toEqual(['john@work.example', 'john.smith@example.com']);
  expect(await refusal(cast.mona, 'contact.change', change(['petra.weber@example.org']))).toBe('already.exists');
  expect((await asMember(cast.mona, (tx) => card(tx, cast.smith))).addresses).toEqual(first.addresses);
});
