import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { dkimRecordOf } from '#lib/shared/dkim.ts';
import { findRecord } from '#server/auth/dkim-record.ts';
import { asMember } from '#server/database/actor.ts';
import { dkimSettings } from '#server/domain/dkim.ts';
import { createTicket, refusal, run } from '../support/cast.ts';
import { whyNotSigned } from '../support/dkim.ts';
import { startNameServer } from '../support/name-server.ts';
import { startOutboxDesk, type OutboxDesk } from '../support/outbox-desk.ts';

const domain = 'nordlicht.example';
let desk: OutboxDesk;

beforeAll(async () => {
  desk = await startOutboxDesk();
});
afterEach(() => desk.rest());
afterAll(() => desk.stop());

const settings = () => asMember(desk.cast.ada, dkimSettings, { readOnly: true });

/** What is to be published for the domain. */
async function record() {
  const key = (await settings()).find((each) => each.domain === domain)?.key;
  return key ? dkimRecordOf(domain, key) : expect.fail('no key');
}

async function sent(html: string): Promise<Buffer> {
  const message = await desk.say(await createTicket(desk.cast), html);
  desk.start();
  await desk.becomes(message, 'sent');
  const raw = desk.sink.delivered.at(-1)?.raw ?? expect.fail('nothing arrived');
  await desk.rest();
  return raw;
}

test('a domain gets a key, of which the private half lies sealed and is never shown', async () => {
  expect(await settings()).toEqual([{ domain, key: null }]);
  await run(desk.cast.ada, 'dkim.create', { domain });
  const before = await record();
  expect(before.name).toMatch(/^lotse-[0-9a-f]{6}\._domainkey\.nordlicht\.example$/);
  // Again, and it stays: its record may be published.
  await run(desk.cast.ada, 'dkim.create', { domain: ' NordLicht.example' });
  expect(await record()).toEqual(before);
  const [row] = await desk.db.owner<{ privateKey: string }[]>`select private_key from lotse.dkim_keys`;
  expect(row?.privateKey).toMatch(/^sealed1\./);
  expect(JSON.stringify(await settings())).not.toMatch(/sealed1|PRIVATE/);
});

test('only administrators make one, and only for a domain of their accounts', async () => {
  const { ada, mona, zoe } = desk.cast;
  expect(await refusal(mona, 'dkim.create', { domain })).toBe('forbidden');
  expect(await refusal(mona, 'dkim.change', { domain, isOn: true })).toBe('forbidden');
  expect(await refusal(mona, 'dkim.delete', { domain })).toBe('forbidden');
  expect(await refusal(zoe, 'dkim.change', { domain, isOn: true })).toBe('dkim.notFound');
  expect(await refusal(ada, 'dkim.create', { domain: 'bank.example' })).toBe('dkim.notFound');
  expect(await refusal(ada, 'dkim.create', { domain: 'not a domain' })).toBe('bad.input');
});

test('nothing is signed before somebody asks for it; then every mail of the domain, so that others can verify it', async () => {
  expect(whyNotSigned(await sent('<p>Ohne</p>'), await record())).toBe('no signature');
  await run(desk.cast.ada, 'dkim.change', { domain, isOn: true });
  const raw = await sent('<p>Größe &amp; <b>Maß</b>  mit   Lücken</p><p>.</p>');
  expect(whyNotSigned(raw, await record())).toBeNull();
  // The verifier can say no.
  const forged = Buffer.from(raw.toString('latin1').replace('To: petra', 'To: paula'), 'latin1');
  expect(whyNotSigned(forged, await record())).toBe('the signature does not fit');
  const bent = Buffer.concat([raw, Buffer.from('PS\r\n')]);
  expect(whyNotSigned(bent, await record())).toBe('the body was changed');
});

test('a mail that is tried again leaves with the very same signature, also when the key is gone by then', async () => {
  desk.sink.answerWith(() => ({ code: 451, text: 'greylisted' }));
  const message = await desk.say(await createTicket(desk.cast), '<p>Später</p>');
  desk.start();
  const { bytes } = await desk.becomes(message, 'queued').then(desk.settled(message));
  const published = await record();
  await run(desk.cast.ada, 'dkim.delete', { domain });
  desk.sink.answerWith(() => 'take');
  await desk.hurry(message);
  await desk.becomes(message, 'sent');
  const raw = desk.sink.delivered.at(-1)?.raw ?? Buffer.alloc(0);
  expect(raw.equals(Buffer.from(bytes ?? []))).toBe(true);
  expect(whyNotSigned(raw, published)).toBeNull();
});

test('a key that cannot be opened keeps no mail waiting', async () => {
  await run(desk.cast.ada, 'dkim.create', { domain });
  await run(desk.cast.ada, 'dkim.change', { domain, isOn: true });
  await desk.db.owner`update lotse.dkim_keys set private_key = 'sealed1.of.another'`;
  expect(whyNotSigned(await sent('<p>Trotzdem</p>'), await record())).toBe('no signature');
});

test('the check tells a right record from none, from another key and from silence', async () => {
  const names = await startNameServer();
  const wanted = await record();
  expect(await findRecord(wanted, [names.address])).toBe('missing');
  names.records.set(wanted.name, wanted.value.replace('p=', 'p= '));
  expect(await findRecord(wanted, [names.address])).toBe('right');
  names.records.set(wanted.name, 'v=DKIM1; k=rsa; p=MIIB');
  expect(await findRecord(wanted, [names.address])).toBe('other');
  names.records.set(wanted.name, 'v=spf1 -all');
  expect(await findRecord(wanted, [names.address])).toBe('missing');
  await names.stop();
  expect(await findRecord(wanted, [names.address])).toBe('away');
});
