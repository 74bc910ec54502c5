import { randomBytes, randomUUID } from 'node:crypto';
import type { Actor } from '#server/database/actor.ts';
import type { Sql } from '#server/database/pool.ts';
import { addWaiting, createInbox, numberOf } from '../../support/waiting-mail.ts';
import { createTicket, linkFor, run, type Cast, type Member } from '../../support/cast.ts';

/** One of each thing that a command can name, of one workspace. */
export type Things = Awaited<ReturnType<typeof createThings>>;

export function fileInput(ticket: string) {
  return {
    ticket,
    visibility: 'internal' as const,
    name: 'plan.pdf',
    mime: 'application/pdf',
    size: 5,
    sha256: 'a'.repeat(64),
    storageKey: randomUUID(),
  };
}

/** By their administrator. */
export async function createThings(owner: Sql, admin: Member) {
  const { workspaceId } = admin;
  const pool = (await run(admin, 'pool.create', { name: `Pool ${randomUUID().slice(0, 8)}` })).result['pool'] ?? '';
  const addresses = [`${randomUUID()}@example.org`];
  const contact = (await run(admin, 'contact.create', { name: 'Kim Kunde', addresses })).result['contact'] ?? '';
  const ticket =
    (await run(admin, 'ticket.create', { subject: 'Sache', pool, requester: contact })).result['ticket'] ?? '';
  const group =
    (await run(admin, 'group.create', { name: `Gruppe ${randomUUID().slice(0, 8)}` })).result['group'] ?? '';
  const message =
    (await run(admin, 'message.post', { ticket, kind: 'message', visibility: 'public', html: '<p>Hallo</p>' })).result[
      'message'
    ] ?? '';
  const file = (await run(admin, 'file.add', fileInput(ticket))).result['file'] ?? '';
  const account =
    (await run(admin, 'account.create', { name: 'Desk', address: `${randomUUID()}@desk.example`, pool, kind: 'smtp' }))
      .result['account'] ?? '';
  const [link] = await owner<{ id: string }[]>`select id from lotse.ticket_links where ticket_id = ${ticket}`;
  const [invitation] = await owner<{ id: string }[]>`
    insert into lotse.invitations ${owner({ workspaceId, email: 'neu@example.org', name: 'Neu', role: 'member', tokenHash: randomBytes(32) })}
    returning id
  `;
  const [mail] = await owner<{ id: string }[]>`
    insert into lotse.mails ${owner({ workspaceId, accountId: account, sha256: 'a'.repeat(64), size: 1, state: 'failed' })} returning id
  `;
  const [outgoing] = await owner<{ id: string }[]>`
    update lotse.outgoing_mails set state = 'failed' where ticket_id = ${ticket} returning id
  `;
  const rule = {
    conditions: [{ field: 'subject' as const, is: 'contains' as const, value: 'x' }],
    actions: [{ do: 'ignore' as const }],
  };
  const filter = (await run(admin, 'filter.create', { name: 'Regel', ...rule })).result['filter'] ?? '';
  return {
    filter,
    pool,
    contact,
    ticket,
    group,
    message,
    file,
    account,
    member: admin.memberId,
    link: link?.id ?? '',
    invitation: invitation?.id ?? '',
    mail: mail?.id ?? '',
    outgoing: outgoing?.id ?? '',
  };
}

export type Sample = { actor: Actor; input: Record<string, unknown> };

/** A good call of every command, each on things of its own, by somebody who just may. */
export async function samples(cast: Cast, owner: Sql): Promise<Record<string, Sample>> {
  const { ada, mona, ben, cleo, gus, heating, lift, caretakers, weber } = cast;
  const by = (actor: Actor, input: Record<string, unknown>): Sample => ({ actor, input });
  const things = await createThings(owner, ada);
  const extra = await createThings(owner, ada);
  const mine = () => createTicket(cast, { member: ben.memberId });
  const supported = await mine();
  await run(ben, 'ticket.support', { ticket: supported, member: cleo.memberId });
  const closed = await mine();
  await run(ben, 'ticket.close', { ticket: closed, inform: false });
  const written = await mine();
  const say = async () =>
    (await run(ben, 'message.post', { ticket: written, kind: 'comment', visibility: 'internal', html: '<p>Eins</p>' }))
      .result['message'];
  const sayByMail = async () => {
    await run(ada, 'workspace.change', { undoSeconds: 30 });
    const words = { kind: 'message', visibility: 'public', html: '<p>Verschrieben</p>' } as const;
    const said = await run(ben, 'message.post', { ticket: await mine(), ...words });
    await run(ada, 'workspace.change', { undoSeconds: 0 });
    const message = said.result['message'] ?? '';
    // However long it takes until its turn comes; five minutes and more would be a clock that jumped.
    await owner`update lotse.messages set shown_at = now() + interval '4 minutes' where id = ${message}`;
    return message;
  };
  const leaving = async (state: string) => {
    const row = {
      workspaceId: cast.workspaceId,
      kind: 'confirmation',
      ticketId: things.ticket,
      toAddress: `${state}@example.org`,
      state,
    };
    const [mail] = await owner<{ id: string }[]>`insert into lotse.outgoing_mails ${owner(row)} returning id`;
    return mail?.id;
  };
  const empty = (await run(ada, 'pool.create', { name: 'Unbenutzt' })).result['pool'];
  const loose = (await run(ben, 'file.add', fileInput(written))).result['file'];
  await linkFor(cast, things.ticket, things.contact);
  await run(ada, 'template.change', { occasion: 'message', language: 'de', body: '{text}' });
  for (const domain of ['signed.example', 'gone.example'])
    await owner`
      insert into lotse.dkim_keys (workspace_id, domain, selector, public_key, private_key)
      values (${cast.workspaceId}, ${domain}, 'lotse-1', 'x', 'sealed1.x')
    `;
  const inbox = await createInbox(cast);
  const waiting = (row = {}) => addWaiting(owner, { workspaceId: cast.workspaceId, accountId: inbox }, row);
  const rule = [{ field: 'subject', is: 'contains', value: 'Angebot' }];
  const soon = new Date(Date.now() + 60_000).toISOString();
  const text = { de: 'Wir kommen morgen.', en: '' };
  const shared = (await run(mona, 'block.create', { ...text, name: 'Termin', folder: 'Technik' })).result['block'];
  const own = (await run(cleo, 'block.create', { ...text, name: 'Meins', folder: '', isMine: true })).result['block'];
  return {
    'ticket.create': by(ben, { subject: 'Neu', pool: heating, requester: weber, member: gus.memberId }),
    'ticket.claim': by(ben, { ticket: await createTicket(cast) }),
    'ticket.release': by(ben, { ticket: await mine() }),
    'ticket.assign': by(ben, { ticket: await mine(), member: cleo.memberId }),
    'ticket.move': by(ben, { ticket: await mine(), pool: lift }),
    'ticket.change': by(ben, { ticket: await mine(), subject: 'Anders', requester: things.contact }),
    'ticket.setStatus': by(ben, { ticket: await mine(), status: 'in_progress' }),
    'ticket.setVisibility': by(ben, { ticket: await mine(), visibility: 'internal' }),
    'ticket.close': by(ben, { ticket: await mine(), inform: true, text: '<p>Fertig</p>' }),
    'ticket.reopen': by(ben, { ticket: closed }),
    'ticket.consult': by(ben, {
      ticket: await mine(),
      kind: 'statement',
      to: ['gutachter@example.net'],
      html: '<p>Bitte</p>',
    }),
    'ticket.support': by(ben, { ticket: await mine(), member: cleo.memberId }),
    'ticket.unsupport': by(ben, { ticket: supported, member: cleo.memberId }),
    'ticket.read': by(ben, { ticket: await mine(), at: new Date().toISOString() }),
    'message.post': by(ben, { ticket: await mine(), kind: 'message', visibility: 'public', html: '<p>Gut</p>' }),
    'message.edit': by(ben, { message: await say(), html: '<p>Zwei</p>' }),
    'message.withdraw': by(ben, { message: await say() }),
    'message.takeBack': by(ben, { message: await sayByMail() }),
    'file.add': by(ben, fileInput(await mine())),
    'file.copy': by(ben, { message: await say() }),
    'file.show': by(ben, { file: loose, visibility: 'public' }),
    'file.remove': by(ben, { file: (await run(ben, 'file.add', fileInput(written))).result['file'] }),
    'link.revoke': by(mona, { link: things.link }),
    'contact.create': by(cleo, { name: 'Neu', addresses: ['neu@example.net'] }),
    'contact.change': by(cleo, { contact: things.contact, name: 'Anders' }),
    'pool.create': by(ada, { name: 'Neu', parent: things.pool, group: caretakers }),
    'pool.change': by(ada, { pool: extra.pool, name: 'Anders', parent: heating, group: caretakers }),
    'pool.place': by(ada, { pool: heating, after: lift }),
    'pool.archive': by(ada, { pool: extra.pool, isArchived: true }),
    'pool.delete': by(ada, { pool: empty, moveTicketsTo: heating }),
    'pool.setAccess': by(ada, { pool: lift, member: cleo.memberId, allowed: true }),
    'group.create': by(ada, { name: 'Neu' }),
    'group.change': by(ada, { group: things.group, name: 'Anders' }),
    'group.setMember': by(ada, { group: things.group, member: cleo.memberId, isMember: true }),
    'member.invite': by(ada, { email: 'gast@example.net', name: 'Gast', role: 'member' }),
    'invitation.revoke': by(ada, { invitation: things.invitation }),
    'member.change': by(ada, { member: cleo.memberId, name: 'Cleo Sand-Berg' }),
    'workspace.change': by(ada, { name: 'Nordlicht' }),
    'template.change': by(ada, { occasion: 'closing', language: 'de', body: '{salutation}\n\n{text}' }),
    'template.reset': by(ada, { occasion: 'message', language: 'de' }),
    'block.create': by(cleo, { name: 'Gruß', folder: '', de: 'Schöne Grüße', en: '', isMine: true }),
    'block.change': by(mona, { block: shared, name: 'Anders' }),
    'block.delete': by(cleo, { block: own }),
    'block.renameFolder': by(mona, { folder: 'Technik', name: 'Technisches' }),
    'account.create': by(ada, { name: 'Zwei', address: 'zwei@desk.example', pool: heating, kind: 'smtp' }),
    'account.change': by(ada, { account: things.account, name: 'Anders', pool: heating }),
    'account.check': by(ada, { account: things.account }),
    'account.archive': by(ada, { account: extra.account }),
    'dkim.create': by(ada, { domain: 'desk.example' }),
    'dkim.change': by(ada, { domain: 'signed.example', isOn: true }),
    'dkim.delete': by(ada, { domain: 'gone.example' }),
    'account.connect': by(ada, { account: things.account, provider: 'google', token: 'of a consent' }),
    'mail.retry': by(ada, { mail: things.mail }),
    'filter.create': by(ada, { name: 'Werbung', conditions: rule, actions: [{ do: 'ignore' }] }),
    'filter.change': by(ada, { filter: things.filter, name: 'Anders', isActive: true }),
    'filter.place': by(ada, { filter: things.filter, after: extra.filter }),
    'filter.delete': by(ada, { filter: (await createThings(owner, ada)).filter }),
    'filter.try': by(ada, { conditions: rule, actions: [{ do: 'ignore' }] }),
    'images.trust': by(ben, { address: 'shop@example.org', isTrusted: true }),
    'mail.take': by(ben, { mail: await waiting() }),
    'mail.letGo': by(ben, { mail: await waiting({ takenByMemberId: ben.memberId, takenUntil: soon }) }),
    'mail.archive': by(ben, { mail: await waiting() }),
    'mail.ignore': by(ben, { mail: await waiting() }),
    'mail.restore': by(ben, { mail: await waiting({ state: 'ignored' }) }),
    'mail.makeTicket': by(ben, {
      mail: await waiting(),
      subject: 'Neu',
      pool: heating,
      member: gus.memberId,
      requester: weber,
      confirms: true,
    }),
    'mail.attach': by(mona, { mail: await waiting(), number: await numberOf(owner, written), isPublic: true }),
    'outgoing.retry': by(mona, { outgoing: things.outgoing }),
    'outgoing.cancel': by(mona, { outgoing: await leaving('held') }),
    'outgoing.note': by(mona, { outgoing: await leaving('bounced') }),
  };
}
