import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeAuth, openAuth } from '#server/auth/home.ts';
import { accept } from '#server/auth/invitations.ts';
import { createCast, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { createJar, desk, newestLink } from '../support/sign-in.ts';

/*
 * What a browser without JavaScript does: links and forms. Scanners of mail do the first half of it.
 */

let database: TestDatabase;
let cast: Cast;
let server: TestServer;
let slug: string;

const email = 'ina@nordlicht.example';
const password = 'ein Kahn im Nebel';

beforeAll(async () => {
  database = await createTestDatabase();
  await openAuth({ databaseUrl: database.url, supabase: null });
  cast = await createCast();
  await run(cast.ada, 'member.invite', { email, name: 'Ina Falk', role: 'member' });
  const token = (await newestLink(database.owner, email)).searchParams.get('token') ?? '';
  await accept(createJar().client(), { token, name: 'Ina Falk', password }, desk);
  slug = await slugOf(cast.workspaceId);
  server = await startServer(database.url);
});

beforeEach(async () => {
  await database.owner`delete from lotse.attempts`;
});

afterAll(async () => {
  await server?.stop();
  await closeAuth();
  await database.drop();
});

async function slugOf(workspaceId: string): Promise<string> {
  const [row] = await database.owner<{ slug: string }[]>`select slug from lotse.workspaces where id = ${workspaceId}`;
  return row?.slug ?? '';
}

/** A browser: keeps cookies, follows nothing by itself. */
function visitor() {
  const cookies = new Map<string, string>();
  async function ask(path: string, init: RequestInit = {}) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      cookie,
      accept: 'text/html',
      'accept-language': 'en',
      ...(init.headers as Record<string, string>),
    };
    const response = await fetch(new URL(path, server.address), { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = pair.split('=', 2);
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }
  const post = (path: string, fields: Record<string, string>, origin = server.address) =>
    ask(path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin } });
  return { get: ask, post, cookies };
}

async function signedIn() {
  const browser = visitor();
  const response = await browser.post('/login?/password', { email, password });
  expect([response.status, response.headers.get('location')]).toEqual([303, '/']);
  return browser;
}

describe('without JavaScript', () => {
  test('one signs in, lands on the board of the own workspace and signs out', async () => {
    const browser = await signedIn();
    const home = await browser.get('/');
    expect(home.headers.get('location')).toBe(`/${slug}/board`);
    expect((await browser.get(`/${slug}/account`)).status).toBe(200);
    expect((await browser.post('/login/out', {})).headers.get('location')).toBe('/login');
    expect((await browser.get(`/${slug}/account`)).headers.get('location')).toContain('/login');
  });

  test('what was typed is kept, and one sentence says what is wrong', async () => {
    const page = await (await visitor().post('/login?/password', { email, password: 'falsch geraten' })).text();
    expect(page).toContain('This email address and password do not match.');
    expect(page).toContain(`value="${email}"`);
    expect(page).not.toContain('falsch geraten');
  });

  test('one is brought to where one wanted to go, on this site only', async () => {
    const asked = await visitor().get(`/${slug}/account?tab=devices`);
    expect(asked.headers.get('location')).toBe(`/login?next=${encodeURIComponent(`/${slug}/account?tab=devices`)}`);
    const away = await visitor().post('/login?/password', { email, password, next: '//elsewhere.example' });
    expect(away.headers.get('location')).toBe('/');
  });
});

describe('opening an address changes nothing', () => {
  test('a link by mail survives its scanner and then signs in', async () => {
    await visitor().post('/login?/link', { email });
    const link = await newestLink(database.owner, email);
    expect(link.searchParams.get('token_hash')).not.toBeNull();
    for (const method of ['HEAD', 'GET', 'GET']) {
      expect((await visitor().get(link.pathname + link.search, { method })).status).toBe(200);
    }
    const browser = visitor();
    const done = await browser.post('/login/confirm?/signIn', {
      token_hash: link.searchParams.get('token_hash') ?? '',
    });
    expect(done.status).toBe(303);
    expect((await browser.get(`/${slug}/account`)).status).toBe(200);
  });

  test('an invitation is not accepted', async () => {
    const guest = 'gast@nordlicht.example';
    await run(cast.ada, 'member.invite', { email: guest, name: 'Gerd Gast', role: 'member' });
    const link = await newestLink(database.owner, guest);
    const page = await visitor().get(link.pathname + link.search);
    expect(await page.text()).toContain('Gerd Gast');
    const [invitation] = await database.owner<{ acceptedAt: string | null }[]>`
      select accepted_at from lotse.invitations where email = ${guest}
    `;
    expect(invitation?.acceptedAt).toBeNull();
  });

  test('nobody is signed out', async () => {
    const browser = await signedIn();
    expect((await browser.get('/login/out')).status).toBe(200);
    expect((await browser.get(`/${slug}/account`)).status).toBe(200);
  });
});

describe('from outside', () => {
  test('a form of another site is refused', async () => {
    expect((await visitor().post('/login?/password', { email, password }, 'https://elsewhere.example')).status).toBe(
      403,
    );
  });

  test('another workspace and one that does not exist look alike', async () => {
    const browser = await signedIn();
    const other = await browser.get(`/${await slugOf(cast.zoe.workspaceId)}/account`);
    const none = await browser.get('/no-such-place/account');
    expect([other.status, none.status]).toEqual([404, 404]);
  });

  test('a page’s data alone are no way around sign-in', async () => {
    const answer = await visitor().get(`/${slug}/account/__data.json`);
    expect(await answer.text()).toMatch(/"type":"redirect","location":"\/login/);
  });

  test('every page says how a browser must treat it', async () => {
    const { headers } = await (await signedIn()).get(`/${slug}/account`);
    expect(headers.get('content-security-policy')).toMatch(/script-src 'self' 'nonce-[^']+'/);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('cache-control')).toMatch(/no-store/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
  });

  test('a screen whose socket was refused learns whether to sign in again', async () => {
    expect((await visitor().get('/login/session')).status).toBe(401);
    expect((await (await signedIn()).get('/login/session')).status).toBe(204);
  });
});
