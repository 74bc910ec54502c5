import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { projectKeys } from '#server/auth/key-set.ts';
import { keyFrom, verifyToken, type VerifyingKeys } from '#server/auth/tokens.ts';

const secret = 'a secret of this installation';
const keys: VerifyingKeys = { issuer: null, find: async () => ({ algorithm: 'HS256', secret }) };

const claims = () => ({
  sub: '01a20042-fbe1-7628-ae18-4b960ed41194',
  session_id: '01a20042-fc64-737d-960e-f4628b8cbc64',
  aud: 'authenticated',
  email: 'ada@nordlicht.example',
  exp: Math.floor(Date.now() / 1000) + 60,
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(header: object, payload: object, signer: (signed: string) => Buffer): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${signer(signed).toString('base64url')}`;
}

const hmac = (key: string | Buffer) => (signed: string) => createHmac('sha256', key).update(signed).digest();
const ecdsa = (key: KeyObject) => (signed: string) =>
  sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });

const ours = (payload: object = claims(), header: object = { alg: 'HS256', typ: 'JWT' }) =>
  token(header, payload, hmac(secret));

describe('an access token', () => {
  test('of ours names person and session', async () => {
    expect(await verifyToken(ours(), keys)).toMatchObject({
      userId: claims().sub,
      sessionId: claims().session_id,
      email: claims().email,
    });
  });

  test.each([
    ['signed by another secret', token({ alg: 'HS256' }, claims(), hmac('guessed'))],
    ['without a signature', `${encode({ alg: 'none' })}.${encode(claims())}.`],
    ['whose header names no algorithm of ours', ours(claims(), { alg: 'HS512' })],
    ['that has run out', ours({ ...claims(), exp: Math.floor(Date.now() / 1000) - 1 })],
    ['for somebody else', ours({ ...claims(), aud: 'anon' })],
    ['without a session', ours({ ...claims(), session_id: undefined })],
    ['with a part too many', `${ours()}.x`],
    ['of one part', 'x'],
    ['of nothing', ''],
    ['that is no JSON', `${Buffer.from('{').toString('base64url')}.e30.e30`],
    ['longer than any of ours', ours({ ...claims(), filler: 'x'.repeat(5000) })],
  ])('%s is refused', async (_, text) => {
    expect(await verifyToken(text, keys)).toBeNull();
  });

  test('changed by one character is refused', async () => {
    const [head = '', body = '', signature = ''] = ours().split('.');
    const other = encode({ ...claims(), sub: '01a20042-fbe1-7628-ae18-4b960ed41195' });
    expect(body).not.toBe(other);
    expect(await verifyToken(`${head}.${other}.${signature}`, keys)).toBeNull();
  });
});

describe('a project’s keys', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'one' };
  const header = { alg: 'ES256', kid: 'one' };

  let close: (() => void) | undefined;
  afterEach(() => {
    close?.();
    close = undefined;
    vi.useRealTimers();
  });

  /** A project's address of keys, which counts how often it is asked. */
  async function project(answer: () => unknown) {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      const keys = answer();
      response.statusCode = keys ? 200 : 503;
      response.end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    close = () => server.close();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const found = projectKeys({ url, issuer: 'https://project.example/auth/v1', fetch });
    return { keys: found, asked: () => asked };
  }

  const issued = (issuer = 'https://project.example/auth/v1') => ({ ...claims(), iss: issuer });

  test('verify its tokens and are fetched once', async () => {
    const { keys, asked } = await project(() => [jwk]);
    const text = token(header, issued(), ecdsa(pair.privateKey));
    expect(await Promise.all([1, 2, 3].map(() => verifyToken(text, keys)))).not.toContain(null);
    expect(asked()).toBe(1);
  });

  test('refuse the tokens of another project', async () => {
    const { keys } = await project(() => [jwk]);
    const elsewhere = issued('https://other.example/auth/v1');
    expect(await verifyToken(token(header, elsewhere, ecdsa(pair.privateKey)), keys)).toBeNull();
  });

  test('refuse a token that uses the public key as a shared secret', async () => {
    const { keys } = await project(() => [jwk]);
    const pem = pair.publicKey.export({ format: 'pem', type: 'spki' });
    expect(await verifyToken(token({ alg: 'HS256', kid: 'one' }, issued(), hmac(pem)), keys)).toBeNull();
  });

  test('are not asked for again and again by made-up key ids', async () => {
    const { keys, asked } = await project(() => [jwk]);
    for (const kid of ['two', 'three', 'four']) {
      expect(await verifyToken(token({ ...header, kid }, issued(), ecdsa(pair.privateKey)), keys)).toBeNull();
    }
    expect(asked()).toBe(1);
  });

  test('are fetched anew when the project changes its key', async () => {
    const next = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    let published: unknown[] = [jwk];
    const { keys } = await project(() => published);
    await keys.find('one');
    published = [{ ...next.publicKey.export({ format: 'jwk' }), kid: 'two' }];
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    const text = token({ alg: 'ES256', kid: 'two' }, issued(), ecdsa(next.privateKey));
    expect(await verifyToken(text, keys)).not.toBeNull();
  });

  test('stay good while the project is away', async () => {
    let published: unknown[] | null = [jwk];
    const { keys, asked } = await project(() => published);
    await keys.find('one');
    published = null;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11 * 60_000 });
    expect(await keys.find('one')).toMatchObject({ algorithm: 'ES256' });
    expect(asked()).toBeGreaterThanOrEqual(1);
  });

  test('of kinds that Lotse does not take are passed over', () => {
    expect(keyFrom({ kty: 'oct', k: 'c2VjcmV0' })).toBeNull();
    expect(keyFrom('nonsense')).toBeNull();
  });
});
