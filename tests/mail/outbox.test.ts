import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { decide } from '#server/config.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { lane } from '#server/database/pool.ts';
import * as files from '#server/files.ts';
import { createTicket, refusal, run } from '../support/cast.ts';
import { fillLane } from '../support/full-lane.ts';
import { startOutboxDesk, type OutboxDesk } from '../support/outbox-desk.ts';
import { startSmtpServer } from '../support/smtp-server.ts';
import { until } from '../support/until.ts';

let desk: OutboxDesk;

beforeAll(async () => {
  desk = await startOutboxDesk();
});

afterEach(() => desk.rest());

afterAll(() => desk.stop());

test('a server that is busy is asked again after growing waits, with the same bytes', async () => {
  desk.sink.answerWith(() => ({ code: 451, text: 'greylisted' }));
  const message = await desk.say(await createTicket(desk.cast), '<p>Wir kommen morgen.</p>');
  desk.start();
  const waits: number[] = [];
  for (const attempt of [1, 2, 3]) {
    waits.push((await desk.becomes(message, 'queued', attempt).then(desk.settled(message))).waitMinutes);
    if (attempt < 3) await desk.hurry(message);
  }
  expect(waits).toEqual([1, 5, 15]);
  const before = await desk.row(message);
  expect(before).toMatchObject({ state: 'queued', response: expect.stringContaining('451') as string });
  desk.sink.answerWith(() => 'take');
  await desk.hurry(message);
  expect(await desk.becomes(message, 'sent')).toMatchObject({ response: expect.stringMatching(/^250/) as string });
  expect(desk.sink.delivered).toHaveLength(1);
  expect(desk.sink.delivered[0]?.raw.equals(Buffer.from(before.bytes ?? []))).toBe(true);
});

test('a mail that is refused for good has failed, and its message says so', async () => {
  desk.sink.answerWith(() => ({ code: 550, text: 'no such mailbox' }));
  const ticket = await createTicket(desk.cast);
  const message = await desk.say(ticket, '<p>Hallo</p>');
  desk.start();
  await desk.becomes(message, 'failed');
  expect(await desk.deliveries(ticket)).toEqual([{ state: 'failed', response: '550 no such mailbox' }]);
});

test('a mail that may have arrived is sent once more a while later with the same id, and then a person decides', async () => {
  desk.sink.answerWith(() => 'cut');
  const ticket = await createTicket(desk.cast);
  const message = await desk.say(ticket, '<p>Nur einmal.</p>');
  desk.start();
  expect((await desk.becomes(message, 'unknown')).waitMinutes).toBe(15);
  expect(await desk.deliveries(ticket)).toMatchObject([{ state: 'unknown' }]);
  const copies = () => desk.sink.delivered.filter(({ raw }) => raw.includes('Nur einmal.'));
  const others = async () => {
    desk.sink.answerWith(() => 'take');
    const later = await desk.say(ticket, '<p>Danach.</p>');
    await desk.becomes(later, 'sent');
    desk.sink.answerWith(() => 'cut');
  };
  await others();
  expect(await desk.row(message)).toMatchObject({ state: 'unknown', attempts: 1 });
  expect(copies()).toHaveLength(1);
  await desk.hurry(message);
  await desk.becomes(message, 'unknown', 2);
  expect(copies()).toHaveLength(2);
  await desk.hurry(message);
  await others();
  expect(await desk.row(message)).toMatchObject({ state: 'unknown', attempts: 2 });
  expect(copies()).toHaveLength(2);
  // A person decides.
  desk.sink.answerWith(() => 'take');
  await run(desk.cast.mona, 'outgoing.retry', { outgoing: (await desk.row(message)).id });
  desk.poke();
  await desk.becomes(message, 'sent');
  const ids = copies().map(({ mail }) => mail.messageId);
  expect(ids).toEqual([ids[0], ids[0], ids[0]]);
});

test('a mail of unknown fate of which a copy came to us has arrived', async () => {
  desk.sink.answerWith(() => 'cut');
  const message = await desk.say(await createTicket(desk.cast), '<p>Mit Kopie.</p>');
  desk.start();
  const { messageId } = await desk.becomes(message, 'unknown');
  await desk.db.owner`
    insert into lotse.mails (workspace_id, account_id, sha256, size, state, reason, message_id)
    select ${desk.cast.workspaceId}, id, ${'1'.repeat(64)}, 1, 'ignored', 'own', ${messageId} from lotse.mail_accounts
  `;
  desk.sink.answerWith(() => 'take');
  await desk.hurry(message);
  expect(await desk.becomes(message, 'sent')).toMatchObject({ attempts: 1, response: 'copy found' });
  expect(desk.sink.delivered).toHaveLength(1);
});

test('a mail that has left while the lane of the writers is full is written down as sent once there is room', async () => {
  const message = await desk.say(await createTicket(desk.cast), '<p>Angekommen.</p>');
  let empty = () => Promise.resolve();
  desk.sink.answerWith(() => {
    empty = fillLane();
    return 'take';
  });
  const tries = vi.spyOn(lane(), 'run');
  desk.start();
  // More often than what cannot be written for other reasons is tried.
  await until(async () => tries.mock.calls.filter(([workspace]) => workspace === desk.cast.workspaceId).length > 4);
  await empty();
  tries.mockRestore();
  expect(await desk.becomes(message, 'sent')).toMatchObject({ attempts: 1 });
  expect(desk.sink.delivered).toHaveLength(1);
}, 30_000);

test('a relay that refuses us keeps the mails waiting', async () => {
  const guarded = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (_auth, _session, done) => done(Object.assign(new Error('wrong password'), { responseCode: 535 })),
  });
  guarded.on('error', () => undefined);
  const address = await new Promise<ReturnType<typeof guarded.server.address>>((resolve) =>
    guarded.listen(0, '127.0.0.1', () => resolve(guarded.server.address())),
  );
  decide({ SMTP_URL: `smtp://desk:falsch@127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` });
  const message = await desk.say(await createTicket(desk.cast), '<p>Hallo</p>');
  desk.start();
  const waiting = await until(async () => {
    const found = await desk.row(message);
    return found.response !== '' && found;
  });
  expect(waiting).toMatchObject({ state: 'queued', response: expect.stringContaining('535') as string });
  decide({ SMTP_URL: desk.sink.url });
  await desk.hurry(message);
  await desk.becomes(message, 'sent');
  await new Promise<void>((resolve) => guarded.close(() => resolve()));
});

test('what is taken back before it left does not leave', async () => {
  const ticket = await createTicket(desk.cast);
  const message = await desk.say(ticket, '<p>Vertippt</p>');
  await run(desk.cast.mona, 'message.withdraw', { message });
  const next = await desk.say(ticket, '<p>Richtig</p>');
  desk.start();
  await desk.becomes(next, 'sent');
  expect((await desk.row(message)).state).toBe('cancelled');
  expect(desk.sink.delivered.some(({ raw }) => raw.includes('Vertippt'))).toBe(false);
});

test('the mail of a ticket that became internal does not leave, whenever that happens', async () => {
  const ticket = await createTicket(desk.cast);
  const early = await desk.say(ticket, '<p>Früh</p>');
  await run(desk.cast.mona, 'ticket.setVisibility', { ticket, visibility: 'internal' });
  desk.start();
  expect(await desk.becomes(early, 'cancelled', 0)).toMatchObject({ response: 'internal' });
  // Built and refused once: the stored bytes must not go out later.
  const second = await createTicket(desk.cast);
  desk.sink.answerWith(() => ({ code: 451, text: 'greylisted' }));
  const built = await desk.say(second, '<p>Gebaut</p>');
  await desk.becomes(built, 'queued').then(desk.settled(built));
  await run(desk.cast.mona, 'ticket.setVisibility', { ticket: second, visibility: 'internal' });
  desk.sink.answerWith(() => 'take');
  await desk.hurry(built);
  await desk.becomes(built, 'cancelled');
  await desk.rest();
  // Between taking the row and handing it over.
  const third = await createTicket(desk.cast);
  const taken = await desk.say(third, '<p>Genommen</p>');
  const [due] = await outgoing.take({ most: 1 });
  if (!due) throw new Error('nothing was due');
  await run(desk.cast.mona, 'ticket.setVisibility', { ticket: third, visibility: 'internal' });
  expect(await outgoing.offer([due])).toEqual(new Set());
  expect((await desk.row(taken)).state).toBe('sending');
  expect(desk.sink.delivered).toEqual([]);
});

test('who is stopped beside a server that stalls leaves it: what it had whole is of unknown fate, the rest is queued as it was', async () => {
  const server = await startSmtpServer();
  decide({ SMTP_URL: server.url });
  const say = async (words: string) => {
    const message = await desk.say(await createTicket(desk.cast), `<p>${words}</p>`);
    desk.poke();
    return message;
  };
  server.misbehave({ '.': 'stall' });
  desk.start(undefined, 0);
  const whole = await say('Ganz dort.');
  await until(() => Promise.resolve(server.reached('.') === 1));
  // Three more lines go to one server; the last mail waits for its turn.
  server.misbehave({ MAIL: 'stall' });
  const begun = await Promise.all(['Eins', 'Zwei', 'Drei', 'Vier'].map(say));
  await until(async () => server.reached('MAIL') === 4 && (await desk.row(begun[3] ?? '')).state === 'sending');
  await desk.pause();
  expect(await desk.row(whole)).toMatchObject({ state: 'unknown', attempts: 1, waitMinutes: 15 });
  for (const message of begun) expect(await desk.row(message)).toMatchObject({ state: 'queued', attempts: 0 });
  server.misbehave({});
  desk.start();
  for (const message of begun) await desk.becomes(message, 'sent');
  expect(await desk.row(whole)).toMatchObject({ state: 'unknown', attempts: 1 });
  await desk.pause();
  const texts = server.taken.map(({ raw }) => /Ganz dort|Eins|Zwei|Drei|Vier/.exec(raw.toString())?.[0]).toSorted();
  expect(texts).toEqual(['Drei', 'Eins', 'Ganz dort', 'Vier', 'Zwei']);
  await server.stop();
});

test('words that are written anew take along what hung on them, and leave it where it was', async () => {
  const { mona, ben, zoe } = desk.cast;
  desk.sink.answerWith(() => ({ code: 550, text: 'no such mailbox' }));
  const ticket = await createTicket(desk.cast);
  const plan = { ticket, visibility: 'internal' as const, name: 'plan.txt', mime: 'text/plain' };
  const file = (await run(mona, 'file.add', { ...plan, ...(await files.put(Buffer.from('Heizplan'))) })).result['file'];
  const said = { ticket, kind: 'message' as const, visibility: 'public' as const, html: '<p>Anbei der Plan.</p>' };
  const { message = '' } = (await run(mona, 'message.post', { ...said, files: [file ?? ''] })).result;
  desk.start();
  await desk.becomes(message, 'failed');
  // Who may not write on the ticket copies nothing of it.
  for (const stranger of [ben, zoe]) expect(await refusal(stranger, 'file.copy', { message })).not.toBeNull();
  const copied = kept.parse((await run(mona, 'file.copy', { message })).result);
  expect(copied.files).toMatchObject([{ name: 'plan.txt', size: 8, type: 'text/plain' }]);
  const [copy = expect.fail('nothing was copied')] = copied.files;
  expect(copy.id).not.toBe(file);
  desk.sink.answerWith(() => 'take');
  const anew = (await run(mona, 'message.post', { ...said, files: [copy.id] })).result['message'] ?? '';
  desk.poke();
  await desk.becomes(anew, 'sent');
  const { attachments } = await simpleParser(desk.sink.delivered.at(-1)?.raw ?? '');
  expect(attachments.map(({ filename, content }) => [filename, String(content)])).toEqual([['plan.txt', 'Heizplan']]);
  const hung = await desk.db.owner`
    select message_id, storage_key from lotse.files where ticket_id = ${ticket} order by created_at
  `;
  expect(hung.map(({ messageId }) => messageId)).toEqual([message, anew]);
  expect(new Set(hung.map(({ storageKey }) => storageKey)).size).toBe(2);
});

const kept = z.object({
  files: z.array(z.object({ id: z.uuid(), name: z.string(), size: z.number(), type: z.string() })),
});
