import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accessFor, consentAddress, consentOf, endConsent, providers } from '#server/auth/mailbox-oauth.ts';
import { decide } from '#server/config.ts';
import { createCast, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { mailOf, startImapServer, type FakeImap } from '../support/imap-server.ts';
import * as mails from '#server/domain/mails.ts';
import { lookFor } from '#server/mail/check-look.ts';
import { startIntake } from '#server/mail/intake.ts';
import { startMailboxes } from '#server/mail/mailboxes.ts';
import { stopParsing } from '#server/mail/parse.ts';
import { until } from '../support/until.ts';

/* An authorisation server of our own, as RFC 6749 and 7636 have it, since nobody reaches the real ones from a test. */

const account = 'c1c7a7de-8f0a-4f35-9a53-5f3c7d3f9b21';
const member = 'd2c7a7de-8f0a-4f35-9a53-5f3c7d3f9b22';
const begin = {
  provider: 'other',
  account,
  member,
  workspace: 'nordlicht',
  user: 'service@nordlicht.example',
} as const;

let server: Server;
let challenge = '';
let refresh = 'refresh-1';
let isAway = false;
let rotates = false;
const asked: URLSearchParams[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const query = new URLSearchParams(body);
      asked.push(query);
      const answer = isAway ? { status: 503, body: {} } : granted(query);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const url = `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`;
  decide({
    ORIGIN: 'https://desk.example.org',
    OAUTH_CLIENT_ID: 'lotse',
    OAUTH_CLIENT_SECRET: 'client-secret',
    OAUTH_AUTHORIZE_URL: `${url}/authorize`,
    OAUTH_TOKEN_URL: `${url}/token`,
  });
});

beforeEach(() => {
  asked.length = 0;
  isAway = false;
  rotates = false;
  refresh = 'refresh-1';
});

afterAll(() => server.close());

function granted(query: URLSearchParams) {
  const refused = { status: 400, body: { error: 'invalid_grant' } };
  if (query.get('client_id') !== 'lotse' || query.get('client_secret') !== 'client-secret') return refused;
  if (query.get('grant_type') === 'authorization_code') {
    const verified = createHash('sha256')
      .update(query.get('code_verifier') ?? '')
      .digest('base64url');
    if (query.get('code') !== 'code-1' || verified !== challenge) return refused;
    if (query.get('redirect_uri') !== 'https://desk.example.org/oauth/mail') return refused;
    return { status: 200, body: { access_token: 'access-0', refresh_token: refresh } };
  }
  if (query.get('refresh_token') !== refresh) return refused;
  if (rotates) refresh = `refresh-${Number(refresh.split('-')[1]) + 1}`;
  return {
    status: 200,
    body: { access_token: `access for ${refresh}`, ...(rotates ? { refresh_token: refresh } : {}) },
  };
}

function consented(): { state: string; address: URL } {
  const address = new URL(consentAddress(begin));
  challenge = address.searchParams.get('code_challenge') ?? '';
  return { state: address.searchParams.get('state') ?? '', address };
}

test('only providers that are set up are offered; Google and Microsoft are asked for mail alone', () => {
  expect(providers()).toEqual(['other']);
  decide({ OAUTH_GOOGLE_CLIENT_ID: 'g', OAUTH_MICROSOFT_CLIENT_ID: 'm', OAUTH_MICROSOFT_TENANT: 'contoso.example' });
  expect(providers()).toEqual(['google', 'microsoft', 'other']);
  const google = new URL(consentAddress({ ...begin, provider: 'google' }));
  expect(google.origin + google.pathname).toBe('https://accounts.google.com/o/oauth2/v2/auth');
  expect(Object.fromEntries(google.searchParams)).toMatchObject({
    scope: 'https://mail.google.com/',
    access_type: 'offline',
    prompt: 'consent',
    login_hint: begin.user,
  });
  const microsoft = new URL(consentAddress({ ...begin, provider: 'microsoft' }));
  expect(microsoft.pathname).toBe('/contoso.example/oauth2/v2.0/authorize');
  expect(microsoft.searchParams.get('scope')).toContain('IMAP.AccessAsUser.All');
  decide({ OAUTH_GOOGLE_CLIENT_ID: '', OAUTH_MICROSOFT_CLIENT_ID: '', OAUTH_MICROSOFT_TENANT: '' });
  expect(() => consentAddress({ ...begin, provider: 'google' })).toThrow('oauth.notSetUp');
});

test('a code is exchanged with the verifier of its own consent, and for no other', async () => {
  const { state, address } = consented();
  expect(address.searchParams.get('code_challenge_method')).toBe('S256');
  expect(state).not.toContain(account);
  const consent = consentOf(state);
  expect(consent).toMatchObject({ account, member, workspace: 'nordlicht', provider: 'other' });
  expect(await endConsent(consent, 'code-1')).toBe('refresh-1');
  await expect(endConsent(consent, 'code-2')).rejects.toThrow('oauth.refused');
  consented();
  await expect(endConsent(consent, 'code-1')).rejects.toThrow('oauth.refused');
});

test('a state that was changed, or that nobody began, is refused', () => {
  const { state } = consented();
  expect(() => consentOf(`${state.slice(0, -3)}AAA`)).toThrow('oauth.expired');
  expect(() => consentOf('')).toThrow('oauth.expired');
  expect(() => consentOf(Buffer.from(JSON.stringify({ account })).toString('base64url'))).toThrow('oauth.expired');
});

test('a refused token is told from a provider that is away', async () => {
  expect(await accessFor('other', 'refresh-1')).toEqual({ accessToken: 'access for refresh-1', refreshToken: null });
  await expect(accessFor('other', 'wrong')).rejects.toThrow('oauth.refused');
  isAway = true;
  await expect(accessFor('other', 'refresh-1')).rejects.toThrow('oauth.away');
});

let db: TestDatabase;
let cast: Cast;
let imap: FakeImap;

test('a mailbox is opened by a fresh token, and a token that the provider exchanged is kept', async () => {
  db = await createTestDatabase();
  cast = await createCast();
  const options = { accessToken: 'access for refresh-2', capabilities: ['IDLE', 'UIDPLUS', 'MOVE', 'SPECIAL-USE'] };
  imap = await startImapServer(options);
  imap.add('Über ein Token');
  rotates = true;
  const intake = startIntake();
  const mailboxes = startMailboxes(intake.poke, { lookMs: 100 });
  const { result } = await run(cast.ada, 'account.create', {
    name: 'OAuth',
    address: 'service@nordlicht.example',
    pool: cast.heating,
    kind: 'imap',
    imapHost: '127.0.0.1',
    imapPort: imap.port,
    imapSecurity: 'none',
    imapUser: 'service@nordlicht.example',
    imapAuth: 'other',
    firstLook: 'all',
  });
  const id = result['account'] ?? '';
  const state = () => db.owner<{ lastError: string; oauthRefreshToken: string }[]>`
    select last_error, oauth_refresh_token from lotse.mail_accounts where id = ${id}
  `;
  expect(await until(async () => (await state())[0]?.lastError)).toBe('account.notConnected');
  await run(cast.ada, 'account.connect', { account: id, provider: 'other', token: 'refresh-1' });
  const subject = await until(async () => {
    const [row] = await db.owner<{ subject: string }[]>`select subject from lotse.mails where state = 'filed'`;
    return row?.subject;
  });
  expect(subject).toBe('Über ein Token');
  expect(imap.tokens).toContain('user=service@nordlicht.example\u0001auth=Bearer access for refresh-2\u0001\u0001');
  const [kept] = await state();
  expect(kept?.oauthRefreshToken).toMatch(/^sealed1\./);
  // Who checks the account looks beside its reader, with the token that opened it; once that is refused, with another.
  const mail = { uid: 1, raw: mailOf('Probe 4711'), flags: new Set<string>(), date: new Date() };
  imap.folders.set('Werbung', { uidValidity: 1, uidNext: 2, mails: [mail], use: '\\Junk' });
  for (const token of ['access for refresh-2', 'access for refresh-3']) {
    options.accessToken = token;
    const account = (await mails.receiversOf([id])).get(id) ?? expect.fail('no account');
    const seen = await lookFor(account, { mark: '4711', since: new Date(), everywhere: true });
    expect(seen).toEqual({ as: 'elsewhere', folder: 'Werbung', isJunk: true });
  }
  const [reader] = await db.owner`select lease_until > now() as is_reading from lotse.mail_accounts where id = ${id}`;
  expect(reader).toEqual({ isReading: true });
  await run(cast.ada, 'account.change', { account: id, imapHost: 'localhost' });
  expect((await state())[0]?.oauthRefreshToken).toBe('');
  await mailboxes.stop();
  await intake.stop();
  await stopParsing();
  await imap.stop();
  await db.drop();
});
