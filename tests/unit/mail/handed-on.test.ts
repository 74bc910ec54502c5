import { expect, test } from 'vitest';
import { decodeMail } from '#server/mail/decode.ts';
import { asWritten } from '#server/mail/handed-on.ts';
import { isDoubted, senderProof } from '#server/mail/sender-proof.ts';

// Groups and lists that stand in From themselves, as the programs of the world write it.

const group = 'support@group.example';
const erika = { name: 'Erika Muster', address: 'erika@muster.example' };
const account = { ownAddresses: [group, 'service@nordlicht.example'], authservId: '' };
const list = ['List-Id: <support.group.example>', `List-Post: <https://groups.example/s>, <mailto:${group}>`];

const read = async (head: string[], of = account) => {
  const raw = [...head, 'Subject: Heizung', 'To: support@group.example', '', 'Kalt.'].join('\r\n');
  return asWritten(await decodeMail(Buffer.from(raw)), of);
};

test.each([
  [
    'a Google group',
    [
      `From: "'Erika Muster' via Support" <${group}>`,
      'Reply-To: Erika Muster <erika@muster.example>',
      'X-Original-Sender: erika@muster.example',
      'X-Original-From: Erika Muster <erika@muster.example>',
    ],
  ],
  [
    'Mailman',
    [`From: Erika Muster via Support <${group}>`, 'Reply-To: =?utf-8?q?Erika_Muster?= <Erika@Muster.example>'],
  ],
  ['Sympa', [`From: "Erika Muster (via support Mailing List)" <${group}>`, 'Reply-To: erika@muster.example']],
  ['a list after RFC 5703', [`From: Support <${group}>`, 'Original-From: "Erika Muster" <erika@muster.example>']],
  [
    'a list whose answers go to itself',
    [
      `From: Erika Muster via Support <${group}>`,
      `Reply-To: ${group}`,
      'X-Original-From: =?utf-8?b?RXJpa2EgTXVzdGVy?= <erika@muster.example>',
    ],
  ],
  ['a group in German', [`From: "Erika Muster über Support" <${group}>`, 'X-Original-Sender: erika@muster.example']],
])('%s names who wrote, and proves it to nobody', async (_, head) => {
  const mail = await read([...list, ...head]);
  expect(mail.from).toEqual(erika);
  expect(mail.handedOnBy?.address).toBe(group);
  expect(isDoubted(mail, '')).toBe(true);
});

test('what has no List-Post is known by its List-Id', async () => {
  const head = [`From: Erika Muster via Support <${group}>`, 'Reply-To: erika@muster.example'];
  expect((await read(['List-Id: Support <support.group.example>', ...head])).from).toEqual(erika);
});

const munged = `From: Erika via Support <${group}>`;
test.each([
  ['no list at all: anybody may write such fields', [munged, 'X-Original-From: erika@muster.example']],
  ['a person on a list', [...list, 'From: Max <max@muster.example>', 'X-Original-From: erika@muster.example']],
  ['the word of another list', ['List-Post: <mailto:other@group.example>', munged, 'Reply-To: erika@muster.example']],
  ['a list that names nobody', [...list, munged]],
  ['a list that names itself', [...list, munged, `Reply-To: ${group}`]],
  ['two who may have written', [...list, munged, 'Reply-To: erika@muster.example, max@muster.example']],
  [
    'a field that came twice',
    [...list, munged, 'X-Original-From: erika@muster.example', 'X-Original-From: max@muster.example'],
  ],
  ['an address of the desk', [...list, munged, 'Reply-To: service@nordlicht.example']],
  ['the same with a plus', [...list, munged, 'Reply-To: service+1.abc@nordlicht.example']],
  ['no address', [...list, munged, 'X-Original-From: Erika Muster']],
  ['two fields From', [...list, munged, 'From: max@muster.example', 'Reply-To: erika@muster.example']],
])('%s is left as it stands', async (_, head) => {
  const mail = await read(head);
  expect(mail.handedOnBy).toBeNull();
  expect(mail.from?.address).not.toBe(erika.address);
});

test.each([
  ['pass header.from=group.example', erika.address, 'unknown'],
  ['none header.from=group.example', group, 'unknown'],
  ['fail header.from=group.example', group, 'fail'],
  ['pass header.from=muster.example', group, 'fail'],
])('where a server is believed that says dmarc=%s, it is of %s, whose proof is %s', async (dmarc, address, proof) => {
  const head = [`Authentication-Results: mx.desk.example; dmarc=${dmarc}`, ...list, munged];
  const mail = await read([...head, 'Reply-To: erika@muster.example'], { ...account, authservId: 'mx.desk.example' });
  expect(mail.from?.address).toBe(address);
  expect(senderProof(mail, 'mx.desk.example')).toBe(proof);
});
