import { createHash, randomUUID } from 'node:crypto';
import * as Y from 'yjs';
import { act } from '#server/domain/act.ts';
import { rooms } from '#server/domain/events.ts';
import { asked, finish, nextRun, nextTrial, settleRun } from '#server/domain/filters.ts';
import { wait } from '#server/domain/inbox.ts';
import * as notes from '#server/domain/notes.ts';
import { createTicket, linkFor, run, type Cast } from './cast.ts';

/** Everything that leaves an event, once, and nobody's rights changed by it. `cellar` is an empty pool. */
export async function everything(cast: Cast, cellar: string): Promise<void> {
  const { ada, ben, heating, lift, weber, smith } = cast;
  const ticket = await createTicket(cast);
  await run(ben, 'ticket.claim', { ticket });
  await run(ben, 'ticket.release', { ticket });
  await run(ada, 'ticket.assign', { ticket, member: ben.memberId });
  await run(ada, 'ticket.assign', { ticket, group: cast.caretakers });
  await run(ada, 'ticket.move', { ticket, pool: lift });
  await run(ada, 'ticket.move', { ticket, pool: heating });
  await run(ada, 'ticket.change', {
    ticket,
    subject: 'Neuer Betreff',
    requester: smith,
    tags: ['eilig'],
    priority: 'urgent',
  });
  await run(ada, 'ticket.assign', { ticket, member: ben.memberId });
  await run(ada, 'ticket.setStatus', { ticket, status: 'in_progress' });
  await run(ada, 'ticket.setVisibility', { ticket, visibility: 'internal' });
  await run(ada, 'ticket.setVisibility', { ticket, visibility: 'public' });
  await run(ada, 'ticket.support', { ticket, member: cast.cleo.memberId });
  await run(ada, 'ticket.unsupport', { ticket, member: cast.cleo.memberId });
  const link = await linkFor(cast, ticket, smith);
  const said = { ticket, kind: 'message' as const, visibility: 'public' as const };
  await run(ben, 'message.post', { ...said, html: '<p>Welche Wohnung?</p>', occasion: 'question', defer: true });
  await run(link, 'message.post', { ...said, html: '<p>Hallo?</p>' });
  await run(ben, 'ticket.consult', { ticket, kind: 'statement', to: ['gutachter@example.net'], html: '<p>Bitte</p>' });
  await run(ben, 'ticket.read', { ticket, at: new Date().toISOString() });
  const { message = '' } = (await run(ben, 'message.post', { ...said, html: '<p>Ja.</p>' })).result;
  await run(ben, 'message.edit', { message, html: '<p>Ja, bitte?</p>' });
  await run(ben, 'message.withdraw', { message });
  const content = {
    name: 'a.txt',
    mime: 'text/plain',
    size: 1,
    sha256: createHash('sha256').update('a').digest('hex'),
  };
  const { file = '' } = (
    await run(ben, 'file.add', { ticket, visibility: 'internal', storageKey: randomUUID(), ...content })
  ).result;
  await run(ben, 'file.show', { file, visibility: 'public' });
  await run(ben, 'file.remove', { file });
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'x');
  const document = { workspaceId: cast.workspaceId, ticketId: ticket, generation: 1 };
  await notes.append({ ...document, memberId: ben.memberId, bytes: Y.encodeStateAsUpdate(doc), tell: true });
  await run(ada, 'link.revoke', { link: link.linkId });
  // What the mail side records.
  await act({ kind: 'system', workspaceId: cast.workspaceId }, async ({ record }) => {
    record({ type: 'customer.added', ticket, data: { contact: weber, verified: false } });
    record({ type: 'mail.changed', ticket, data: { mail: randomUUID(), message: null, state: 'sent' } });
    record({ type: 'member.joined', data: { member: ben.memberId }, audience: [rooms.staff] });
  });
  const { contact = '' } = (await run(ada, 'contact.create', { name: 'Neu Mieter', addresses: ['neu@example.org'] }))
    .result;
  await run(ada, 'ticket.change', { ticket, requester: contact });
  await run(ada, 'contact.change', { contact, name: 'Nora Mieter' });
  await run(ada, 'contact.change', { contact: weber, phone: '0123' });
  await run(ada, 'pool.change', { pool: cellar, name: 'Kellerräume' });
  await run(ada, 'pool.archive', { pool: cellar, isArchived: true });
  await run(ada, 'pool.delete', { pool: cellar });
  const { group = '' } = (await run(ada, 'group.create', { name: 'Gärtner' })).result;
  await run(ada, 'group.change', { group, name: 'Gärtnerei' });
  const invited = await run(ada, 'member.invite', {
    email: 'neu@nordlicht.example',
    name: 'Neu Kollege',
    role: 'member',
  });
  await run(ada, 'invitation.revoke', { invitation: invited.result['invitation'] ?? '' });
  await run(cast.cleo, 'member.change', { member: cast.cleo.memberId, language: 'en' });
  await run(ada, 'template.change', { occasion: 'question', language: 'de', body: '{salutation}\n\n{text}' });
  await run(ada, 'block.create', { name: 'Termin', folder: '', de: 'Wir kommen.', en: '' });
  const account = { name: 'Post', address: 'post@nordlicht.example', pool: heating, kind: 'smtp' as const };
  const opened = (await run(ada, 'account.create', account)).result['account'] ?? '';
  await run(ada, 'account.change', { account: opened, isPaused: true });
  await run(ada, 'account.check', { account: opened });
  await run(ada, 'dkim.create', { domain: 'nordlicht.example' });
  await decideAboutMail(cast, opened);
  await filterMail(cast);
  await run(ada, 'ticket.close', { ticket, inform: true, text: '<p>Fertig.</p>' });
  await run(ada, 'ticket.reopen', { ticket });
  const ended = await createTicket(cast, { subject: 'Bleibt zu' });
  await run(ada, 'ticket.close', { ticket: ended });
  await run(ada, 'ticket.move', { ticket: await createTicket(cast), pool: lift });
}

/** A mail of the inbox, and all that people may do with it but a ticket. */
async function decideAboutMail({ workspaceId, ben }: Cast, account: string): Promise<void> {
  const mail = randomUUID();
  const meta = {
    messageId: '',
    fromAddress: 'a@example.org',
    fromName: '',
    subject: 'Frage',
    verdicts: [],
    sentAt: null,
    threadIndex: '',
    threadTopic: '',
  };
  const body = { html: '<p>x</p>', text: 'x', quotedHtml: '' };
  await act({ kind: 'system', workspaceId }, async (tx) => {
    const row = { id: mail, workspaceId, accountId: account, sha256: 'a'.repeat(64), size: 1 };
    await tx.sql`insert into lotse.mails ${tx.sql(row)}`;
    const waiting = {
      ...meta,
      reason: 'inbox' as const,
      maybeTicketId: null,
      body,
      phone: '',
      language: 'de' as const,
      files: [],
    };
    await wait(tx, mail, waiting);
  });
  await run(ben, 'mail.take', { mail });
  await run(ben, 'mail.letGo', { mail });
  await run(ben, 'mail.archive', { mail });
  await run(ben, 'mail.restore', { mail });
  const wish = { memberId: ben.memberId, names: ['Eigene'], actions: [{ do: 'read' as const }] };
  await act({ kind: 'system', workspaceId }, (tx) => asked(tx, { mailId: mail }, [wish]));
  const waits = await nextRun();
  if (waits) await settleRun(waits);
}

async function filterMail({ workspaceId, ada }: Cast): Promise<void> {
  const conditions = [{ field: 'subject' as const, is: 'contains' as const, value: 'Angebot' }];
  const made = await run(ada, 'filter.create', { name: 'Werbung', conditions, actions: [{ do: 'ignore' }] });
  const filter = made.result['filter'] ?? '';
  await run(ada, 'filter.change', { filter, isActive: true });
  await run(ada, 'filter.delete', { filter });
  await run(ada, 'filter.try', { conditions, actions: [{ do: 'ignore' }] });
  const trial = await nextTrial();
  if (trial) await finish({ ...trial, workspaceId }, [], 0);
}
