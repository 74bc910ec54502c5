import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import { originalOf } from '#server/domain/conversation/original.ts';
import { imageSenders, imageTrustOfMail } from '#server/domain/images.ts';
import { createTicket, run } from '../support/cast.ts';
import { createInbox } from '../support/waiting-mail.ts';
import { useWorkspace } from '../support/workspace.ts';

/* Whose remote images somebody sees at once. */

const desk = useWorkspace();
const address = 'news@shop.example';

async function receive(verdicts: string[], { verified = true, from = address } = {}) {
  const { cast, db } = desk;
  const ticketId = await createTicket(cast);
  const { workspaceId } = cast;
  const said = {
    workspaceId,
    ticketId,
    kind: 'message',
    visibility: 'public',
    authorContactId: cast.weber,
    channel: 'mail',
    verified,
  };
  const [message] = await db.owner<{ id: string }[]>`
    insert into lotse.messages ${db.owner({ ...said, bodyHtml: '<img data-remote="https://shop.example/a.png">', bodyText: 'x' })} returning id
  `;
  const accountId = await createInbox(cast);
  const row = { workspaceId, accountId, ticketId, ticketMessageId: message?.id ?? '', fromAddress: from, verdicts };
  const [mail] = await db.owner<{ id: string }[]>`
    insert into lotse.mails ${db.owner({ ...row, sha256: randomUUID().replaceAll('-', '').repeat(2), size: 1, state: 'filed' })} returning id
  `;
  return { message: message?.id ?? '', mail: mail?.id ?? '' };
}

const shows = async (message: string, member = desk.cast.ben) =>
  (await asMember(member, (tx) => originalOf(tx, message))).isTrusted;

test('one’s own choice shows a proven sender’s images, to oneself, until it is taken back', async () => {
  const { cast } = desk;
  const { message, mail } = await receive(['proven']);
  expect(await shows(message)).toBe(false);
  await run(cast.ben, 'images.trust', { address: address.toUpperCase(), isTrusted: true });
  expect(await shows(message)).toBe(true);
  expect(await asMember(cast.ben, (tx) => imageTrustOfMail(tx, mail))).toEqual({ sender: address, isTrusted: true });
  expect(await shows(message, cast.mona)).toBe(false);
  expect(await asMember(cast.mona, imageSenders)).toEqual([]);
  expect(await shows((await receive(['proven'], { from: 'other@shop.example' })).message)).toBe(false);
  await run(cast.ben, 'images.trust', { address, isTrusted: false });
  expect(await shows(message)).toBe(false);
});

test.each([
  ['nobody proved', [], true],
  ['is disproved', ['forged'], true],
  ['a mail server calls spam', ['proven', 'spam'], true],
  ['is a stranger to the ticket', ['proven'], false],
] as const)('a sender who %s shows nothing by himself, trusted or not', async (_, verdicts, verified) => {
  await run(desk.cast.ben, 'images.trust', { address, isTrusted: true });
  const { message } = await receive([...verdicts], { verified });
  expect(await shows(message)).toBe(false);
});
