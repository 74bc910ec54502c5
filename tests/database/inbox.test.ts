import { beforeAll, beforeEach, expect, test } from 'vitest';
import { asMember, asSystem } from '#server/database/actor.ts';
import { act } from '#server/domain/act.ts';
import { inboxMails, letterOf, wait, waitingCount } from '#server/domain/inbox.ts';
import { refusal, run } from '../support/cast.ts';
import { addWaiting, createInbox } from '../support/waiting-mail.ts';
import { useWorkspace } from '../support/workspace.ts';

const desk = useWorkspace();
let account: string;

beforeAll(async () => {
  account = await createInbox(desk.cast);
});
beforeEach(() => desk.db.owner`truncate lotse.mails, lotse.outgoing_mails cascade`);

const add = (row = {}) => addWaiting(desk.db.owner, { workspaceId: desk.cast.workspaceId, accountId: account }, row);

async function row(mail: string) {
  const [found] = await desk.db.owner<Record<string, string | null>[]>`
    select state, reason, ticket_id, ticket_message_id, decided_by_member_id, taken_by_member_id from lotse.mails where id = ${mail}
  `;
  return found;
}

test('waiting mail is seen by whoever may look into the pool of its account, and by nobody else', async () => {
  const { ada, mona, ben, cleo, gus, zoe } = desk.cast;
  const mail = await add();
  for (const person of [ada, mona, ben]) {
    expect(await asMember(person, (tx) => inboxMails(tx))).toMatchObject([
      { id: mail, subject: 'Es tropft', account: 'Anfragen' },
    ]);
    expect(await asMember(person, waitingCount)).toBe(1);
  }
  for (const person of [cleo, gus, zoe]) {
    expect(await asMember(person, (tx) => inboxMails(tx))).toEqual([]);
    expect(await asMember(person, waitingCount)).toBeNull();
    await expect(asMember(person, (tx) => letterOf(tx, mail))).rejects.toThrow('mail.notFound');
    expect(await refusal(person, 'mail.take', { mail })).toBe('mail.notFound');
  }
});

test('two people do not decide about the same mail: the second hears who was faster', async () => {
  const { ben, mona, ada, heating } = desk.cast;
  const mail = await add();
  await run(ben, 'mail.take', { mail });
  for (const command of ['mail.take', 'mail.archive', 'mail.ignore'] as const)
    expect(await refusal(mona, command, { mail })).toBe('mail.taken');
  expect(await refusal(ada, 'mail.makeTicket', { mail, subject: 'X', pool: heating })).toBe('mail.taken');
  expect((await asMember(mona, (tx) => inboxMails(tx)))[0]?.takenBy).toBe(ben.memberId);
  // Nobody gives back what another has.
  await run(mona, 'mail.letGo', { mail });
  expect(await refusal(mona, 'mail.take', { mail })).toBe('mail.taken');
  await run(ben, 'mail.letGo', { mail });
  await run(mona, 'mail.take', { mail });
  await desk.db.owner`update lotse.mails set taken_until = now() - interval '1 second' where id = ${mail}`;
  await run(ben, 'mail.archive', { mail });
  expect(await refusal(mona, 'mail.archive', { mail })).toBe('mail.decided');
});

test('of many who make a ticket of one mail at once, one does', async () => {
  const { ada, mona, ben, heating } = desk.cast;
  const mail = await add();
  const all = [ada, mona, ben, ada, mona, ben];
  const codes = await Promise.all(
    all.map((who) => refusal(who, 'mail.makeTicket', { mail, subject: 'Rennen', pool: heating })),
  );
  expect(codes.filter((code) => code === null)).toHaveLength(1);
  expect(codes.filter((code) => code !== null && code !== 'mail.decided' && code !== 'mail.taken')).toEqual([]);
  const made = await desk.db.owner`select id from lotse.tickets where subject = 'Rennen'`;
  expect(made).toHaveLength(1);
});

test('what was archived or ignored can be taken back; what has a ticket cannot', async () => {
  const { ben, cleo, heating } = desk.cast;
  for (const command of ['mail.archive', 'mail.ignore'] as const) {
    const mail = await add();
    await run(ben, command, { mail });
    expect(await row(mail)).toMatchObject({ decidedByMemberId: ben.memberId });
    expect(await refusal(cleo, 'mail.restore', { mail })).toBe('mail.notFound');
    await run(ben, 'mail.restore', { mail });
    expect(await row(mail)).toMatchObject({ state: 'waiting', reason: 'inbox', decidedByMemberId: null });
  }
  const mail = await add();
  await run(ben, 'mail.makeTicket', { mail, subject: 'X', pool: heating });
  expect(await refusal(ben, 'mail.restore', { mail })).not.toBeNull();
});

test('the inbox is told of what happens in it, in ids alone', async () => {
  const { ben, workspaceId, heating } = desk.cast;
  const mail = await add({ state: 'stored', askedAt: null });
  await desk.db.owner`delete from lotse.mail_contents`;
  const meta = {
    messageId: '',
    fromAddress: 'a@b.example',
    fromName: '',
    subject: 'Neu',
    verdicts: [],
    sentAt: null,
    threadIndex: '',
    threadTopic: '',
  };
  const body = { html: '<p>x</p>', text: 'x', quotedHtml: '' };
  await act({ kind: 'system', workspaceId }, (tx) =>
    wait(tx, mail, { ...meta, reason: 'inbox', maybeTicketId: null, body, phone: '', language: 'de', files: [] }),
  );
  await run(ben, 'mail.take', { mail });
  await run(ben, 'mail.ignore', { mail });
  const events = await desk.db.owner`
    select type, audience, payload from lotse.events where payload #>> '{data,mail}' = ${mail} order by seq
  `;
  expect(events).toEqual(
    [
      ['mail.arrived', ''],
      ['mail.taken', ''],
      ['mail.decided', 'inbox.ignored'],
    ].map(([type, as]) => ({ type, audience: [`pool:${heating}`, 'moderators'], payload: { data: { mail, as } } })),
  );
});

test('a mail leaves the inbox by a person’s decision only', async () => {
  const mail = await add();
  const leave = asSystem(null, ({ sql }) => sql`update lotse.mails set state = 'ignored' where id = ${mail}`);
  await expect(leave).rejects.toThrow('mail.undecided');
});
