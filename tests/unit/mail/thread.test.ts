import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base32, fromBase32 } from '#server/mail/base32.ts';
import { decide, type Candidate, type SenderFacts } from '#server/mail/decision.ts';
import { decodeMail } from '#server/mail/decode.ts';
import { messageIdFor, ownIdOf, repliedNumberOf, replyAddressFor, threadIdFor } from '#server/mail/thread-ids.ts';
import { taggedSubject, untaggedSubject } from '#server/letters/subject.ts';
import { numberIn, threadHints } from '#server/mail/thread.ts';

const key = Buffer.alloc(32, 5);
const otherKey = Buffer.alloc(32, 6);
const workspaceId = '0b9f4cbe-64a8-4b0c-9d1f-0b7d0a5f3a11';
const otherWorkspace = '5b9f4cbe-64a8-4b0c-9d1f-0b7d0a5f3a12';
const ticketId = 'c1c7a7de-8f0a-4f35-9a53-5f3c7d3f9b21';
const mailId = 'd2c7a7de-8f0a-4f35-9a53-5f3c7d3f9b22';
const domain = 'desk.example.org';

const read = (head: string) => decodeMail(Buffer.from(`From: erika@example.com\n${head}\n\nText`));
const hintsOf = async (head: string) => threadHints(await read(head), { key, workspaceId });

describe('ids', () => {
  test('name their ticket and mail, also after a server has changed their case', () => {
    const id = messageIdFor(key, { domain, ticketId, mailId });
    expect(ownIdOf(key, id)).toEqual({ ticketId, mailId });
    expect(ownIdOf(key, id.toUpperCase().replace('LOTSE', 'lotse'))).toEqual({ ticketId, mailId });
    expect(ownIdOf(key, threadIdFor(key, { domain, ticketId }))).toEqual({ ticketId, mailId: null });
    expect(`<${id}>`.length).toBeLessThan(200);
  });

  test('made with another key, guessed or altered name nothing', () => {
    const id = messageIdFor(key, { domain, ticketId, mailId });
    expect(ownIdOf(key, messageIdFor(otherKey, { domain, ticketId, mailId }))).toBeNull();
    expect(ownIdOf(key, id.replace(/^lotse\../, 'lotse.7'))).toBeNull();
    expect(ownIdOf(key, `lotse.${'a'.repeat(26)}.${'a'.repeat(26)}.${'a'.repeat(26)}@${domain}`)).toBeNull();
    expect(ownIdOf(key, 'CAF+x@mail.gmail.com')).toBeNull();
  });

  test('base32 comes back as it went', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const back = fromBase32(base32(Buffer.from(bytes)));
        expect(back?.subarray(0, bytes.length).equals(bytes)).toBe(true);
      }),
    );
    expect(fromBase32('A!')).toBeNull();
  });
});

describe('reply addresses', () => {
  test('carry the number, in lower case and within 64 bytes', () => {
    const address = replyAddressFor(key, 'Support@Example.org', { workspaceId, number: 1042 });
    expect(address).toMatch(/^support\+1042\.[a-z2-7]{26}@example\.org$/);
    expect(repliedNumberOf(key, address.toUpperCase(), workspaceId)).toBe(1042);
    expect(address.indexOf('@')).toBeLessThanOrEqual(64);
  });

  test('are worth nothing in another workspace, with another number or key', () => {
    const address = replyAddressFor(key, 'support@example.org', { workspaceId, number: 1042 });
    expect(repliedNumberOf(key, address, otherWorkspace)).toBeNull();
    expect(repliedNumberOf(key, address.replace('1042', '1043'), workspaceId)).toBeNull();
    expect(repliedNumberOf(otherKey, address, workspaceId)).toBeNull();
  });

  test('a name too long for a token stays as it is', () => {
    const long = `${'kundenservice-hausverwaltung'.repeat(2)}@example.org`;
    expect(replyAddressFor(key, long, { workspaceId, number: 1042 })).toBe(long);
  });
});

describe('hints', () => {
  test('come in the order they are believed: address, own ids, foreign ids newest first, number', async () => {
    const token = replyAddressFor(key, 'support@example.org', { workspaceId, number: 1042 });
    const own = messageIdFor(key, { domain, ticketId, mailId });
    const hints = await hintsOf(
      `Delivered-To: ${token}\nTo: support@example.org\nSubject: AW: [#1042] Heizung\nIn-Reply-To: <b@example.net>\nReferences: <a@example.net> <${own}> <b@example.net>`,
    );
    expect(hints).toEqual([
      { by: 'address', number: 1042 },
      { by: 'ownId', ticketId, mailId },
      { by: 'foreignId', messageId: 'b@example.net' },
      { by: 'foreignId', messageId: 'a@example.net' },
      { by: 'subject', number: 1042 },
    ]);
  });

  test('the token counts in Cc and X-Original-To as well', async () => {
    const token = replyAddressFor(key, 'support@example.org', { workspaceId, number: 7 });
    for (const name of ['Cc', 'X-Original-To', 'Envelope-To'])
      expect(await hintsOf(`To: x@example.org\n${name}: ${token}`)).toEqual([{ by: 'address', number: 7 }]);
  });

  test('a forged own id is at most a foreign one', async () => {
    const forged = messageIdFor(otherKey, { domain, ticketId, mailId });
    expect(await hintsOf(`In-Reply-To: <${forged}>`)).toEqual([{ by: 'foreignId', messageId: forged }]);
  });

  test('nothing, an empty field and Outlook alone give none; a long chain is bounded', async () => {
    expect(await hintsOf('In-Reply-To: \nThread-Index: AdAb\nSubject: Heizung')).toEqual([]);
    const references = Array.from({ length: 200 }, (_, i) => `<${i}@example.net>`).join(' ');
    expect((await hintsOf(`References: ${references}`)).length).toBeLessThanOrEqual(10);
  });

  test('iOS drops the chain but keeps In-Reply-To', async () => {
    const own = messageIdFor(key, { domain, ticketId, mailId });
    expect(await hintsOf(`In-Reply-To: <${own}>`)).toEqual([{ by: 'ownId', ticketId, mailId }]);
  });
});

describe('the gate', () => {
  const person: SenderFacts = { isForged: false, isAutomatic: false, isReport: false, isOwn: false };
  const candidate = (
    by: 'address' | 'ownId' | 'foreignId' | 'subject',
    sender: Candidate['sender'],
    isClosed = false,
  ): Candidate => ({
    hint: by === 'ownId' ? { by, ticketId, mailId } : by === 'foreignId' ? { by, messageId: 'x' } : { by, number: 1 },
    ticketId,
    isClosed,
    sender,
  });
  const all = ['address', 'ownId', 'foreignId', 'subject'] as const;

  test.each(all)('a customer of the ticket is let in by %s', (by) => {
    expect(decide([candidate(by, 'customer')], person)).toEqual({ kind: 'attach', ticketId, as: 'customer', via: by });
  });

  test.each(['address', 'ownId'] as const)('a member holding our %s comments, also on a closed ticket', (by) => {
    expect(decide([candidate(by, 'agent')], person)).toMatchObject({ kind: 'attach', as: 'agent' });
    expect(decide([candidate(by, 'agent', true)], person)).toMatchObject({ kind: 'attach', as: 'agent' });
  });

  test.each(['address', 'ownId'] as const)('a stranger holding our %s writes as unverified', (by) => {
    expect(decide([candidate(by, 'stranger')], person)).toEqual({
      kind: 'attach',
      ticketId,
      as: 'unverified',
      via: by,
    });
  });

  test.each(['foreignId', 'subject'] as const)('anybody else with only a %s opens a ticket of his own', (by) => {
    for (const sender of ['stranger', 'agent'] as const)
      expect(decide([candidate(by, sender)], person)).toEqual({ kind: 'open', related: { ticketId, why: 'maybe' } });
  });

  test('a forged customer is a stranger', () => {
    expect(decide([candidate('subject', 'customer')], { ...person, isForged: true })).toMatchObject({
      kind: 'open',
      related: { why: 'maybe' },
    });
    expect(decide([candidate('address', 'customer')], { ...person, isForged: true })).toMatchObject({
      as: 'unverified',
    });
    expect(decide([candidate('ownId', 'agent')], { ...person, isForged: true })).toMatchObject({ as: 'unverified' });
  });

  test('a closed ticket takes nothing: a new one points back to it', () => {
    for (const by of all)
      expect(decide([candidate(by, 'customer', true)], person)).toEqual({
        kind: 'open',
        related: { ticketId, why: 'closed' },
      });
    expect(decide([candidate('address', 'customer', true)], { ...person, isAutomatic: true })).toEqual({
      kind: 'ledger',
      ticketId,
      reason: 'closed',
    });
  });

  test('the first believable hint decides, not the first hint', () => {
    const other = { ...candidate('subject', 'customer'), ticketId: mailId };
    expect(decide([candidate('foreignId', 'stranger'), other], person)).toMatchObject({
      kind: 'attach',
      ticketId: mailId,
    });
  });

  test('our own mail and delivery reports end in the ledger', () => {
    expect(decide([candidate('address', 'customer')], { ...person, isOwn: true })).toEqual({
      kind: 'ledger',
      ticketId,
      reason: 'own',
    });
    expect(decide([candidate('address', 'customer')], { ...person, isReport: true })).toEqual({
      kind: 'ledger',
      ticketId,
      reason: 'report',
    });
    expect(decide([], person)).toEqual({ kind: 'open', related: null });
  });
});

test('the number stands in a subject once, and leaves it whole', () => {
  expect(taggedSubject('Heizung kalt', 1042)).toBe('[#1042] Heizung kalt');
  expect(taggedSubject('AW: [#1042] Heizung kalt', 1042)).toBe('[#1042] Heizung kalt');
  expect(untaggedSubject('AW: Re: [#1042] Heizung [#7] kalt')).toBe('Heizung kalt');
  expect(numberIn('AW: [#1042] Heizung')).toBe(1042);
  expect(numberIn('#1042 Heizung [1042]')).toBeNull();
});
