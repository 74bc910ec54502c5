import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import { trialOf } from '#server/domain/filters.ts';
import { letterOf } from '#server/domain/inbox.ts';
import { createTicket, refusal, run } from '../support/cast.ts';
import { asking, open, startFilterDesk, subject, type FilterDesk } from '../support/filter-desk.ts';
import { numberOf } from '../support/waiting-mail.ts';

/* Filters in the walk of a mail, from the wire to where they send it. */

let desk: FilterDesk;

beforeAll(async () => {
  desk = await startFilterDesk();
});
beforeEach(() => desk.db.owner`delete from lotse.filters`);
afterAll(() => desk.stop());

test('a filter ignores, and its name stands with the mail', async () => {
  await desk.addFilter('Werbung', 'Angebot', [{ do: 'ignore' }]);
  expect(await desk.send('Unser Angebot')).toMatchObject({
    state: 'ignored',
    reason: 'filter.ignored',
    ticketId: null,
    filterNames: ['Werbung'],
  });
  expect(await desk.send('Heizung')).toMatchObject({ state: 'filed', reason: 'ticket.created', filterNames: [] });
});

test('one that is not live does nothing', async () => {
  const filter = await desk.addFilter('Entwurf', 'Angebot', [{ do: 'ignore' }]);
  await run(desk.cast.ada, 'filter.change', { filter, isActive: false });
  expect(await desk.send('Noch ein Angebot')).toMatchObject({ state: 'filed', reason: 'ticket.created' });
});

test('a filter makes a ticket in a pool, with tag and priority, also where the account asks first', async () => {
  const tagged = [
    { do: 'tag' as const, tag: 'aufzug' },
    { do: 'priority' as const, priority: 'urgent' as const },
  ];
  await desk.addFilter('Aufzug', 'steckt', [{ do: 'ticket', pool: desk.cast.lift }, ...tagged]);
  const mail = await desk.send('Aufzug steckt', { to: asking });
  expect(mail).toMatchObject({ state: 'filed', reason: 'filter.ticket' });
  expect(await desk.ticket(mail.ticketId)).toEqual({ poolId: desk.cast.lift, tags: ['aufzug'], priority: 'urgent' });
});

test('a filter puts mail into the inbox where the account would not ask', async () => {
  await desk.addFilter('Nachfragen', 'Frage', [{ do: 'inbox' }]);
  expect(await desk.send('Frage')).toMatchObject({ state: 'waiting', filterNames: ['Nachfragen'] });
});

test('moved to a ticket, what only claims to be its customer’s is a comment too', async () => {
  const target = await createTicket(desk.cast);
  await desk.addFilter('Sammeln', 'Forderung', [{ do: 'move', number: await numberOf(desk.db.owner, target) }]);
  await desk.db.owner`update lotse.mail_accounts set authserv_id = 'mx.example.org' where address = ${open}`;
  const head = 'Authentication-Results: mx.example.org; dmarc=fail header.from=example.org';
  expect(await desk.send('Forderung', { from: 'petra.weber@example.org', head })).toMatchObject({
    reason: 'filter.moved',
    verdicts: ['forged'],
  });
  await desk.db.owner`update lotse.mail_accounts set authserv_id = '' where address = ${open}`;
  expect(await desk.comments(target)).toMatchObject([{ visibility: 'internal' }]);
});

test('where its pool has gone, a filter’s ticket goes to the pool of the account', async () => {
  const { pool = '' } = (await run(desk.cast.ada, 'pool.create', { name: 'Vorübergehend' })).result;
  await desk.addFilter('Alt', 'Altes', [
    { do: 'tag', tag: 'alt' },
    { do: 'ticket', pool },
  ]);
  await run(desk.cast.ada, 'pool.archive', { pool, isArchived: true });
  const mail = await desk.send('Altes Fenster');
  expect(mail).toMatchObject({ state: 'filed', reason: 'ticket.created', filterNames: ['Alt'] });
  expect(await desk.ticket(mail.ticketId)).toMatchObject({ poolId: desk.cast.heating, tags: ['alt'] });
});

test('moved to a ticket, a stranger’s mail is a comment and its customer’s own is his message; copied, it goes both ways', async () => {
  const target = await createTicket(desk.cast);
  const number = await numberOf(desk.db.owner, target);
  await desk.addFilter('Sammeln', 'Störung', [{ do: 'move', number }]);
  expect(await desk.send('Störung in Haus 3')).toMatchObject({
    state: 'filed',
    reason: 'filter.moved',
    ticketId: target,
  });
  expect(await desk.comments(target)).toMatchObject([
    { visibility: 'internal', bodyText: expect.stringContaining('nadine@example.net') },
  ]);
  const own = await desk.send('Störung dauert an', { from: 'petra.weber@example.org' });
  expect(own).toMatchObject({ reason: 'filter.moved', ticketId: target });
  expect((await desk.comments(target)).at(-1)).toMatchObject({ visibility: 'public', bodyText: 'Guten Tag.' });
  await desk.addFilter('Kopie', 'Kopie', [{ do: 'copy', number }]);
  const copied = await desk.send('Kopie bitte');
  expect(copied).toMatchObject({ reason: 'ticket.created', filterNames: ['Kopie'] });
  expect(copied.ticketId).not.toBe(target);
  expect((await desk.comments(target)).at(-1)).toMatchObject({
    visibility: 'internal',
    bodyText: expect.stringContaining('Kopie bitte'),
  });
});

test('what answers a ticket passes every filter', async () => {
  await desk.addFilter('Alles weg', 'Heizung', [{ do: 'ignore' }]);
  const target = await createTicket(desk.cast);
  const subject = `Re: [#${await numberOf(desk.db.owner, target)}] Heizung kalt`;
  expect(await desk.send(subject, { from: 'petra.weber@example.org' })).toMatchObject({
    state: 'filed',
    ticketId: target,
  });
});

test('a rule puts mail on the ticket that its subject names, which a stranger’s mail would not reach', async () => {
  const target = await createTicket(desk.cast);
  await desk.addFilter('Nummer', '[#', [
    { do: 'move', number: 'named' },
    { do: 'tag', tag: 'fremd' },
    { do: 'priority', priority: 'high' },
  ]);
  const named = await desk.send(`Zum Vorgang [#${await numberOf(desk.db.owner, target)}]`);
  expect(named).toMatchObject({ reason: 'filter.moved', ticketId: target });
  expect(await desk.comments(target)).toMatchObject([{ visibility: 'internal' }]);
  expect(await desk.ticket(target)).toMatchObject({ tags: ['fremd'], priority: 'high' });
  expect(await desk.send('Etwas mit [# darin')).toMatchObject({ reason: 'ticket.created', filterNames: ['Nummer'] });
});

test('what is ignored can leave a copy behind; what waits keeps what its ticket is to have', async () => {
  const target = await createTicket(desk.cast);
  const copy = { do: 'copy' as const, number: await numberOf(desk.db.owner, target) };
  await desk.addFilter('Weg', 'Rundbrief', [{ do: 'ignore' }, copy]);
  expect(await desk.send('Rundbrief im Mai')).toMatchObject({ state: 'ignored' });
  expect(await desk.comments(target)).toMatchObject([{ bodyText: expect.stringContaining('Rundbrief im Mai') }]);
  await desk.addFilter('Vorlage', 'Antrag', [
    { do: 'tag', tag: 'antrag' },
    { do: 'priority', priority: 'high' },
  ]);
  const waiting = await desk.send('Antrag auf Umbau', { to: asking });
  const letter = await asMember(desk.cast.ben, (tx) => letterOf(tx, waiting.id));
  expect(letter).toMatchObject({ tags: ['antrag'], priority: 'high' });
});

test('tried on past mails, a filter says what would become of each, and touches none', async () => {
  const meant = await desk.send('Probealarm am Montag');
  const target = await createTicket(desk.cast);
  const number = await numberOf(desk.db.owner, target);
  const answer = await desk.send(`Probealarm, Re: [#${number}]`, { from: 'petra.weber@example.org' });
  await desk.send('Etwas anderes');
  const rule = {
    conditions: subject('begins', 'probealarm'),
    actions: [{ do: 'ticket' as const, pool: desk.cast.lift }],
  };
  const found = await desk.tried(desk.cast.ada, rule);
  expect(found.looked).toBeGreaterThan(2);
  expect(found.mails).toMatchObject([
    { id: answer.id, passes: 'answer', ticket: number },
    { id: meant.id, passes: '', does: 'ticket', pool: 'Aufzug', ticket: null },
  ]);
  const more = {
    ...rule,
    actions: [
      { do: 'move' as const, number },
      { do: 'tag' as const, tag: 'probe' },
    ],
  };
  expect((await desk.tried(desk.cast.ada, more)).mails[1]).toMatchObject({
    does: 'move',
    ticket: number,
    isComment: true,
    tags: ['probe'],
  });
  expect(await desk.ticket(meant.ticketId)).toMatchObject({ poolId: desk.cast.heating, tags: [] });
  // A live rule above it ends the matter.
  await desk.addFilter('Vorher', 'alarm', [{ do: 'ignore' }]);
  expect((await desk.tried(desk.cast.ada, rule)).mails[1]).toMatchObject({ id: meant.id, passes: 'above' });
});

test('a trial is its asker’s, and the workspace’s mail is shown to administrators alone', async () => {
  const rule = { conditions: subject('begins', 'probealarm'), actions: [{ do: 'ignore' as const }] };
  const { trial = '' } = (await run(desk.cast.ada, 'filter.try', rule)).result;
  expect(await asMember(desk.cast.mona, (tx) => trialOf(tx, trial))).toBeNull();
  expect(await refusal(desk.cast.mona, 'filter.try', rule)).toBe('forbidden');
});
