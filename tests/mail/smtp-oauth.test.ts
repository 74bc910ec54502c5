import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { decide } from '#server/config.ts';
import { forgetAccessToken, freshAccessToken, keptAccessToken } from '#server/mail/access-token.ts';
import { createTicket, run } from '../support/cast.ts';
import { startOutboxDesk, type OutboxDesk } from '../support/outbox-desk.ts';
import { startSmtpServer, type FakeSmtp } from '../support/smtp-server.ts';
import { startTokenServer } from '../support/token-server.ts';
import { until } from '../support/until.ts';

/* A mailbox that is opened by a token is also sent by it. */

const user = 'token@nordlicht.example';
let desk: OutboxDesk;
let smtp: FakeSmtp;
let tokens: Awaited<ReturnType<typeof startTokenServer>>;
let account: string;
let ticket: string;

beforeAll(async () => {
  [desk, smtp, tokens] = await Promise.all([
    startOutboxDesk(),
    startSmtpServer({ capabilities: ['AUTH XOAUTH2'], accessToken: 'nobody yet' }),
    startTokenServer(),
  ]);
  decide({
    OAUTH_CLIENT_ID: 'lotse',
    OAUTH_CLIENT_SECRET: 'client-secret',
    OAUTH_AUTHORIZE_URL: `${tokens.url}/authorize`,
    OAUTH_TOKEN_URL: tokens.url,
  });
  const pool = (await run(desk.cast.ada, 'pool.create', { name: 'Token' })).result['pool'] ?? '';
  const { result } = await run(desk.cast.ada, 'account.create', {
    name: 'Token',
    address: user,
    pool,
    kind: 'imap',
    imapHost: '127.0.0.1',
    imapPort: 1,
    imapSecurity: 'none',
    imapUser: user,
    imapAuth: 'other',
    smtpHost: '127.0.0.1',
    smtpPort: smtp.port,
    smtpSecurity: 'none',
    smtpUser: user,
    smtpAuth: 'token',
  });
  account = result['account'] ?? '';
  ticket = await createTicket(desk.cast, { pool });
});

afterEach(() => desk.rest());

afterAll(async () => {
  await Promise.all([desk.stop(), smtp.stop()]);
  await tokens.stop();
});

const stateOf = async () => {
  const [row] = await desk.db.owner<
    { smtpError: string; rests: boolean; oauthRefreshToken: string; oauthConnectedAt: string | null }[]
  >`
    select smtp_error, smtp_rests_until is not null as rests, oauth_refresh_token, oauth_connected_at
    from lotse.mail_accounts where id = ${account}
  `;
  return row;
};
const connect = () => run(desk.cast.ada, 'account.connect', { account, provider: 'other', token: tokens.refresh() });

test('while nobody agreed the account rests and says so; a consent lets its mails go at once', async () => {
  const message = await desk.say(ticket, '<p>Mit Token</p>');
  desk.start();
  await until(async () => (await stateOf())?.smtpError === 'account.notConnected' && (await stateOf())?.rests);
  await until(async () => (await desk.row(message)).state === 'queued' && (await desk.row(message)).attempts === 0);
  expect(smtp.reached('AUTH')).toBe(0);
  smtp.admit('access-2');
  await connect();
  expect(await stateOf()).toMatchObject({ smtpError: '', rests: false });
  await desk.hurry(message);
  await desk.becomes(message, 'sent');
  expect(smtp.tokens).toEqual([`user=${user}\u0001auth=Bearer access-2\u0001\u0001`]);
  expect(smtp.taken.map(({ to }) => to)).toEqual([['petra.weber@example.org']]);
  // The one that the provider gave instead is kept, sealed.
  expect((await stateOf())?.oauthRefreshToken).toMatch(/^sealed1\./);
});

test('a token is used as long as it holds; a refused one is renewed once, and the mail goes', async () => {
  const first = await desk.say(ticket, '<p>Noch derselbe</p>');
  desk.start();
  await desk.becomes(first, 'sent');
  expect(tokens.access()).toBe('access-2');
  await desk.rest();
  smtp.admit('access-3');
  const second = await desk.say(ticket, '<p>Ein neuer</p>');
  desk.start();
  await desk.becomes(second, 'sent');
  expect([tokens.access(), (await stateOf())?.smtpError]).toEqual(['access-3', '']);
});

test('many who need one at once never spend a refresh token twice', async () => {
  const connectedAt = (await stateOf())?.oauthConnectedAt ?? expect.fail('nobody agreed');
  const who = { accountId: account, provider: 'other', connectedAt } as const;
  const all = await Promise.all(Array.from({ length: 5 }, () => freshAccessToken(who)));
  expect(new Set(all).size).toBe(5);
  expect(tokens.refused()).toBe(0);
  expect(await keptAccessToken(who)).toMatchObject({ accessToken: tokens.access(), isFresh: false });
});

test('a provider that is away keeps the mail waiting, and the account does not rest', async () => {
  tokens.away(true);
  forgetAccessToken({ accountId: account });
  const message = await desk.say(ticket, '<p>Gleich</p>');
  desk.start();
  const waiting = await desk.becomes(message, 'queued');
  expect(await until(async () => (await desk.row(message)).response)).toBe('oauth.away');
  expect(waiting.attempts).toBe(1);
  expect(await stateOf()).toMatchObject({ smtpError: '', rests: false });
  tokens.away(false);
  smtp.admit(`access-${Number(tokens.access().split('-')[1]) + 1}`);
  await desk.hurry(message);
  await desk.becomes(message, 'sent');
});

test('a token goes to no other server: whoever names one agrees again', async () => {
  await run(desk.cast.ada, 'account.change', { account, name: 'Anders' });
  expect((await stateOf())?.oauthRefreshToken).not.toBe('');
  await run(desk.cast.ada, 'account.change', { account, smtpHost: 'localhost' });
  expect((await stateOf())?.oauthRefreshToken).toBe('');
  // Nor does the access token that was drawn before, however long it still holds.
  const seen = smtp.tokens.length;
  await desk.say(ticket, '<p>Woandershin</p>');
  desk.start();
  await until(async () => (await stateOf())?.smtpError === 'account.notConnected');
  expect(smtp.tokens).toHaveLength(seen);
  await desk.rest();
  await connect();
  await run(desk.cast.ada, 'account.change', { account, smtpAuth: 'password' });
  expect((await stateOf())?.oauthRefreshToken).not.toBe('');
  await run(desk.cast.ada, 'account.change', { account, smtpAuth: 'token' });
  expect((await stateOf())?.oauthRefreshToken).toBe('');
});
