import { describe, expect, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import { asMember, asSystem } from '#server/database/actor.ts';
import { holderOf, tokenFor } from '#server/domain/links.ts';
import { execute } from '#server/execute.ts';
import { addMember, createTicket, refusal, run, type Member } from '../../support/cast.ts';
import { useWorkspace } from '../../support/workspace.ts';

const desk = useWorkspace();

async function sees(member: Member, ticket: string): Promise<boolean> {
  const rows = await asMember(member, ({ sql }) => sql`select id from lotse.tickets where id = ${ticket}`);
  return rows.length > 0;
}

describe('members', () => {
  test('change their own name and language, and neither their role nor anybody else', async () => {
    const { ben, cleo, mona } = desk.cast;
    await run(ben, 'member.change', { member: ben.memberId, name: 'Ben O.', language: 'en' });
    expect(await refusal(ben, 'member.change', { member: ben.memberId, role: 'administrator' })).toBe('forbidden');
    expect(await refusal(mona, 'member.change', { member: mona.memberId, role: 'administrator' })).toBe('forbidden');
    expect(await refusal(ben, 'member.change', { member: ben.memberId, isActive: false })).toBe('forbidden');
    expect(await refusal(mona, 'member.change', { member: cleo.memberId, name: 'C' })).toBe('forbidden');
  });

  test('the last administrator stays', async () => {
    const { ada } = desk.cast;
    expect(await refusal(ada, 'member.change', { member: ada.memberId, role: 'moderator' })).toBe(
      'member.lastAdministrator',
    );
    expect(await refusal(ada, 'member.change', { member: ada.memberId, isActive: false })).toBe(
      'member.lastAdministrator',
    );
  });

  test('once deactivated they are nobody: no sight, no work, not even an old answer', async () => {
    const { ada, heating, workspaceId } = desk.cast;
    const gone = await addMember(workspaceId, 'Gerd Gegangen', 'member');
    await run(ada, 'pool.setAccess', { pool: heating, member: gone.memberId, allowed: true });
    const ticket = await createTicket(desk.cast);
    const call = { id: randomUUID(), name: 'ticket.claim', input: { ticket } };
    expect((await execute(gone, call)).ok).toBe(true);
    await run(ada, 'member.change', { member: gone.memberId, isActive: false });
    expect(await sees(gone, ticket)).toBe(false);
    expect(await execute(gone, call)).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await asMember(gone, ({ sql }) => sql`select id from lotse.members`)).toEqual([]);
  });
});

describe('sight', () => {
  test('comes and goes with a grant on the pool', async () => {
    const { ada, cleo, heating } = desk.cast;
    const ticket = await createTicket(desk.cast);
    expect(await sees(cleo, ticket)).toBe(false);
    await run(ada, 'pool.setAccess', { pool: heating, member: cleo.memberId, allowed: true });
    expect(await sees(cleo, ticket)).toBe(true);
    await run(ada, 'pool.setAccess', { pool: heating, member: cleo.memberId, allowed: false });
    expect(await sees(cleo, ticket)).toBe(false);
  });

  test('comes and goes with the membership of a group that has the grant', async () => {
    const { ada, cleo, lift, caretakers } = desk.cast;
    const ticket = await createTicket(desk.cast, { pool: lift });
    await run(ada, 'group.setMember', { group: caretakers, member: cleo.memberId, isMember: true });
    expect(await sees(cleo, ticket)).toBe(true);
    await run(ada, 'group.setMember', { group: caretakers, member: cleo.memberId, isMember: false });
    expect(await sees(cleo, ticket)).toBe(false);
  });

  test('of a main pool goes for its sub pools, and for them it may be claimed from', async () => {
    const { ada, ben, heating } = desk.cast;
    const sub = (await run(ada, 'pool.create', { name: 'Brenner', parent: heating })).result['pool'] ?? '';
    const ticket = await createTicket(desk.cast, { pool: sub });
    expect(await sees(ben, ticket)).toBe(true);
    await run(ben, 'ticket.claim', { ticket });
  });

  test('is not given or taken by others than administrators', async () => {
    const { mona, ben, heating, caretakers } = desk.cast;
    for (const allowed of [true, false])
      expect(await refusal(mona, 'pool.setAccess', { pool: heating, member: ben.memberId, allowed })).toBe('forbidden');
    for (const isMember of [true, false])
      expect(await refusal(ben, 'group.setMember', { group: caretakers, member: ben.memberId, isMember })).toBe(
        'forbidden',
      );
  });
});

describe('pools', () => {
  test('have two levels', async () => {
    const { ada, heating } = desk.cast;
    const sub = (await run(ada, 'pool.create', { name: 'Kessel', parent: heating })).result['pool'] ?? '';
    expect(await refusal(ada, 'pool.create', { name: 'Ventil', parent: sub })).toBe('pool.tooDeep');
    expect(await refusal(ada, 'pool.change', { pool: heating, parent: sub })).toBe('pool.tooDeep');
    expect(await refusal(ada, 'pool.change', { pool: sub, parent: sub })).not.toBeNull();
  });

  test('go only empty, or after their tickets; the responsible stays', async () => {
    const { ada, mona, ben, lift } = desk.cast;
    const pool = (await run(ada, 'pool.create', { name: 'Alt' })).result['pool'] ?? '';
    const ticket = await createTicket(desk.cast, { pool, member: ben.memberId });
    expect(await refusal(ada, 'pool.delete', { pool })).toBe('pool.inUse');
    expect(await refusal(mona, 'pool.delete', { pool, moveTicketsTo: lift })).toBe('forbidden');
    await run(ada, 'pool.delete', { pool, moveTicketsTo: lift });
    const [row] = await desk.db.owner`select pool_id, responsible_member_id from lotse.tickets where id = ${ticket}`;
    expect(row).toEqual({ poolId: lift, responsibleMemberId: ben.memberId });
  });

  test('that a mail account or a sub pool still needs stay', async () => {
    const { ada } = desk.cast;
    const pool = (await run(ada, 'pool.create', { name: 'Post' })).result['pool'] ?? '';
    await run(ada, 'pool.create', { name: 'Eilpost', parent: pool });
    expect(await refusal(ada, 'pool.delete', { pool })).toBe('in.use');
  });
});

describe('customers', () => {
  test('have addresses that belong to one of them in this workspace', async () => {
    const { ada, zoe, smith } = desk.cast;
    const addresses = ['petra.weber@example.org'];
    expect(await refusal(ada, 'contact.create', { name: 'Andere', addresses })).toBe('already.exists');
    expect(await refusal(ada, 'contact.change', { contact: smith, addresses })).toBe('already.exists');
    expect(await refusal(zoe, 'contact.create', { name: 'Petra Weber', addresses })).toBeNull();
  });

  test('have their mail sent elsewhere only by those who see all their tickets', async () => {
    const { ada, ben, cleo, lift, heating } = desk.cast;
    const address = `${randomUUID()}@example.org`;
    const { result } = await run(cleo, 'contact.create', { name: 'Nora Nebel', addresses: [address] });
    const contact = result['contact'] ?? '';
    const moved = { contact, addresses: [`cleo-${randomUUID()}@example.org`, address] };
    expect(await refusal(cleo, 'contact.change', moved)).toBeNull();
    await createTicket(desk.cast, { requester: contact, pool: heating });
    expect(await refusal(ben, 'contact.change', { contact, addresses: [address] })).toBeNull();
    await createTicket(desk.cast, { requester: contact, pool: lift });
    for (const member of [ben, cleo])
      for (const addresses of [[], [moved.addresses[0] ?? ''], [address, `${randomUUID()}@example.org`]])
        expect(await refusal(member, 'contact.change', { contact, addresses })).toBe('contact.hasHiddenTickets');
    // The rest of the card stays everybody's, also when the form sends the same addresses along.
    expect(await refusal(ben, 'contact.change', { contact, name: 'Nora N.', addresses: [address] })).toBeNull();
    expect(await refusal(ada, 'contact.change', { contact, addresses: [] })).toBeNull();
  });

  test('lose their link when it is taken back, and when they are taken off the ticket', async () => {
    const { ada, ben, workspaceId, weber } = desk.cast;
    const ticket = await createTicket(desk.cast);
    await run(ada, 'message.post', { ticket, kind: 'message', visibility: 'public', html: '<p>Hallo</p>' });
    const [row] = await desk.db.owner<{ id: string }[]>`select id from lotse.ticket_links where ticket_id = ${ticket}`;
    const link = { kind: 'link', workspaceId, linkId: row?.id ?? '' } as const;
    const message = { ticket, kind: 'message', visibility: 'public', html: '<p>Ja?</p>' } as const;
    expect(await refusal(link, 'message.post', message)).toBeNull();
    const token = await tokenFor({ id: link.linkId, generation: 1 });
    expect(await holderOf(token)).toMatchObject({ linkId: link.linkId, ticketId: ticket });
    await asSystem(
      workspaceId,
      ({ sql }) => sql`update lotse.ticket_customers set verified = false where contact_id = ${weber}`,
    );
    expect(await refusal(link, 'message.post', message)).toBe('link.invalid');
    await expect(holderOf(token)).rejects.toMatchObject({ code: 'link.invalid' });
    await asSystem(
      workspaceId,
      ({ sql }) => sql`update lotse.ticket_customers set verified = true where contact_id = ${weber}`,
    );
    expect(await refusal(ben, 'link.revoke', { link: link.linkId })).toBe('link.notFound');
    await run(ada, 'link.revoke', { link: link.linkId });
    expect(await refusal(link, 'message.post', message)).toBe('link.invalid');
    expect(await refusal(ada, 'link.revoke', { link: link.linkId })).toBe('link.notFound');
  });
});

describe('mail accounts', () => {
  const server = {
    name: 'Desk',
    kind: 'imap',
    imapHost: 'imap.example.org',
    imapUser: 'desk',
    imapPassword: 'geheim',
  } as const;

  test('keep their password: nobody reads it, and it goes to no other server', async () => {
    const { ada, heating } = desk.cast;
    const input = { ...server, address: 'imap@desk.example', pool: heating };
    const account = (await run(ada, 'account.create', input)).result['account'] ?? '';
    await expect(asMember(ada, ({ sql }) => sql`select imap_password from lotse.mail_accounts`)).rejects.toMatchObject({
      code: '42501',
    });
    const elsewhere = { account, imapHost: 'imap.böse.example' };
    expect(await refusal(ada, 'account.change', elsewhere)).toBe('account.passwordNeeded');
    expect(await refusal(ada, 'account.change', { account, imapSecurity: 'none' })).toBe('account.passwordNeeded');
    expect(await refusal(ada, 'account.change', { account, name: 'Anders', afterStoring: 'move' })).toBeNull();
    // Typed again it may be the same.
    expect(await refusal(ada, 'account.change', { ...elsewhere, imapPassword: 'geheim' })).toBeNull();
  });

  test('keep no password for another server while a token opens them', async () => {
    const { ada, heating } = desk.cast;
    const input = { ...server, address: 'token@desk.example', pool: heating };
    const account = (await run(ada, 'account.create', input)).result['account'] ?? '';
    const kept = async () => {
      const [row] = await desk.db.owner<{ hasPassword: boolean; hasToken: boolean; isConnected: boolean }[]>`
        select imap_password <> '' as has_password, oauth_refresh_token <> '' as has_token, oauth_connected_at is not null as is_connected
        from lotse.mail_accounts where id = ${account}
      `;
      return row;
    };
    await run(ada, 'account.connect', { account, provider: 'google', token: 'of a consent' });
    expect(await kept()).toEqual({ hasPassword: true, hasToken: true, isConnected: true });
    await run(ada, 'account.change', { account, imapHost: 'imap.böse.example' });
    expect(await kept()).toEqual({ hasPassword: false, hasToken: false, isConnected: false });
  });

  test('are the administrators’', async () => {
    const { mona, heating } = desk.cast;
    const input = { ...server, address: 'mona@desk.example', pool: heating };
    expect(await refusal(mona, 'account.create', input)).toBe('forbidden');
    expect(await asMember(mona, ({ sql }) => sql`select id from lotse.mail_accounts`)).toEqual([]);
  });
});

describe('invitations', () => {
  test('are the administrators’, in their own name, and their token is not for reading', async () => {
    const { ada, mona } = desk.cast;
    const input = { email: 'neu@example.net', name: 'Neu', role: 'administrator' } as const;
    expect(await refusal(mona, 'member.invite', input)).toBe('forbidden');
    await run(ada, 'member.invite', input);
    expect(await refusal(ada, 'member.invite', { ...input, email: 'ben.okoro@nordlicht.example' })).toBe(
      'member.exists',
    );
    expect(await asMember(mona, ({ sql }) => sql`select id from lotse.invitations`)).toEqual([]);
    await expect(asMember(ada, ({ sql }) => sql`select token_hash from lotse.invitations`)).rejects.toMatchObject({
      code: '42501',
    });
  });
});
