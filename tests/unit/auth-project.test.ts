import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AuthHome } from '#server/auth/home.ts';
import { openProject } from '#server/auth/project.ts';

// Stands in for a project's administrative address, with answers as its documentation shows them.

type Asked = { call: string; key: string | undefined; body: Record<string, unknown> };

const userId = '01a20042-fbe1-7628-ae18-4b960ed41194';
const user = { id: userId, aud: 'authenticated', email: 'ada@nordlicht.example', user_metadata: {}, app_metadata: {} };

let server: Server;
let home: AuthHome;
let asked: Asked[] = [];
let refusal: { status: number; error_code: string } | null = null;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const key = request.headers['apikey'];
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>;
    asked.push({ call: `${request.method} ${request.url}`, key: key?.toString(), body });
    response.setHeader('content-type', 'application/json');
    response.statusCode = refusal?.status ?? 200;
    const link = {
      hashed_token: 'f'.repeat(56),
      verification_type: body['type'],
      action_link: '',
      redirect_to: '',
      email_otp: '',
    };
    response.end(JSON.stringify(refusal ? { ...refusal, msg: 'no' } : { ...user, ...link }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  home = openProject({ url, publishableKey: 'sb_publishable_x', secretKey: 'sb_secret_x' });
});

beforeEach(() => {
  asked = [];
  refusal = null;
});

afterAll(() => {
  server.close();
});

test('a link is made by the project and mailed by us', async () => {
  expect(await home.link('ada@nordlicht.example', 'recovery')).toBe('f'.repeat(56));
  expect(asked).toMatchObject([{ call: 'POST /auth/v1/admin/generate_link', key: 'sb_secret_x' }]);
  expect(asked[0]?.body).toMatchObject({ type: 'recovery', email: 'ada@nordlicht.example' });
});

test('an account is made with its address confirmed, and no mail of the project’s', async () => {
  expect(await home.createAccount({ email: 'ada@nordlicht.example', password: 'ein Kahn im Nebel' })).toBe(userId);
  expect(asked[0]).toMatchObject({ call: 'POST /auth/v1/admin/users', body: { email_confirm: true } });
});

test('a password is changed for the account alone that asked', async () => {
  await home.changePassword({ userId, accessToken: '', password: 'ein Kahn im Nebel' });
  expect(asked[0]).toMatchObject({
    call: `PUT /auth/v1/admin/users/${userId}`,
    body: { password: 'ein Kahn im Nebel' },
  });
});

test('what the project finds too weak is an expected refusal, the rest is not', async () => {
  const change = () => home.changePassword({ userId, accessToken: '', password: 'ein Kahn im Nebel' });
  refusal = { status: 422, error_code: 'weak_password' };
  await expect(change()).rejects.toMatchObject({ code: 'WEAK_PASSWORD' });
  refusal = { status: 422, error_code: 'same_password' };
  await change();
  refusal = { status: 500, error_code: 'unexpected_failure' };
  await expect(change()).rejects.not.toMatchObject({ code: 'WEAK_PASSWORD' });
});
