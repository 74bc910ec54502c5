import { expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import { sampleLetter } from '#server/domain/outgoing/sample.ts';
import { templates } from '#server/domain/templates.ts';
import { createTicket, refusal, run } from '../support/cast.ts';
import { useWorkspace } from '../support/workspace.ts';

const desk = useWorkspace();
const closing = { occasion: 'closing' as const, language: 'de' as const };

test('a template is an administrator’s to write and to give up, and everybody’s in the team to read', async () => {
  const { ada, mona, zoe } = desk.cast;
  expect(await refusal(mona, 'template.change', { ...closing, body: '{text}' })).toBe('forbidden');
  await run(ada, 'template.change', { ...closing, body: '{salutation}\n\n{text}' });
  await run(ada, 'template.change', { ...closing, body: '{text}\n\nGruß' });
  expect(await asMember(mona, templates)).toEqual([{ ...closing, body: '{text}\n\nGruß' }]);
  expect(await asMember(zoe, templates)).toEqual([]);
  expect(await refusal(mona, 'template.reset', closing)).toBe('forbidden');
  await run(ada, 'template.reset', closing);
  expect(await asMember(mona, templates)).toEqual([]);
});

test('what names an unknown placeholder is refused with its name, and nothing is saved', async () => {
  const { ada } = desk.cast;
  const body = '{anrede}\n\n{text}';
  await expect(run(ada, 'template.change', { ...closing, body })).rejects.toMatchObject({
    code: 'template.unknown',
    detail: { placeholder: 'anrede' },
  });
  expect(await asMember(ada, templates)).toEqual([]);
});

test('a change of wording stands in the log', async () => {
  const { ada } = desk.cast;
  await run(ada, 'template.change', { ...closing, body: '{text}' });
  const [event] = await desk.db.owner<{ data: unknown }[]>`
    select payload -> 'data' as data from lotse.events where type = 'template.changed' order by seq desc limit 1
  `;
  expect(event?.data).toEqual(closing);
});

test('a sample shows what the customer sees, and nobody’s ticket who may not see it', async () => {
  const { ben, cleo } = desk.cast;
  const ticket = await createTicket(desk.cast, { member: ben.memberId });
  const say = (visibility: 'public' | 'internal', html: string) =>
    run(ben, 'message.post', { ticket, kind: visibility === 'public' ? 'message' : 'comment', visibility, html });
  await say('public', '<p>Wir kommen.</p>');
  await say('internal', '<p>Geheim.</p>');
  const [row] = await desk.db.owner<{ number: number }[]>`select number from lotse.tickets where id = ${ticket}`;
  const wanted = { number: row?.number ?? 0, occasion: 'closing' as const };
  const sample = await asMember(ben, (tx) => sampleLetter(tx, wanted));
  expect(sample).toMatchObject({
    recipient: { name: 'Petra Weber' },
    author: 'Ben Okoro',
    ticket: { pool: 'Heizung' },
    lastWords: { text: 'Wir kommen.' },
  });
  expect(sample.history.map(({ text }) => text)).toEqual(['Wir kommen.']);
  await expect(asMember(cleo, (tx) => sampleLetter(tx, wanted))).rejects.toMatchObject({ code: 'ticket.notFound' });
});

test('plain messages are mailed by a rule that a workspace may take out', async () => {
  const { ada, ben } = desk.cast;
  const ticket = await createTicket(desk.cast, { member: ben.memberId });
  const say = () => run(ben, 'message.post', { ticket, kind: 'message', visibility: 'public', html: '<p>Hallo</p>' });
  const mails = async () => (await desk.db.owner`select from lotse.outgoing_mails where ticket_id = ${ticket}`).length;
  await say();
  expect(await mails()).toBe(1);
  await run(ada, 'workspace.change', { mailsMessages: false });
  await say();
  expect(await mails()).toBe(1);
  await run(ada, 'ticket.close', { ticket, text: '<p>Fertig</p>' });
  expect(await mails()).toBe(2);
  await run(ada, 'workspace.change', { mailsMessages: true });
});
