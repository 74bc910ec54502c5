import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { authHome, closeAuth, openAuth } from '#server/auth/home.ts';
import { createCast, createTicket, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fillLane } from '../support/full-lane.ts';

/*
 * The web bundle is a second copy of our code in the process of the server: pool, lane and sign-in are the server's, the
 * classes are its own.
 */

let database: TestDatabase;
let cast: Cast;

beforeAll(async () => {
  database = await createTestDatabase();
  await openAuth({ databaseUrl: database.url, supabase: null });
  cast = await createCast();
  vi.resetModules();
});

afterAll(async () => {
  await closeAuth();
  await database.drop();
});

test('a command of the web copy that finds the lane of the writers full is answered as busy', async () => {
  const ticket = await createTicket(cast);
  const web = await import('#server/execute.ts');
  const call = { id: randomUUID(), name: 'ticket.claim', input: { ticket } };
  const empty = fillLane();
  const refused = await web.execute(cast.ben, call).finally(empty);
  expect(refused).toMatchObject({ ok: false, error: { code: 'busy', detail: { retryAfterSeconds: 3 } } });
  expect(await web.execute(cast.ben, call)).toMatchObject({ ok: true });
});

test('what the database refuses to the web copy is a refusal there', async () => {
  const web = await import('#server/execute.ts');
  const call = { id: randomUUID(), name: 'ticket.claim', input: { ticket: randomUUID() } };
  expect(await web.execute(cast.ben, call)).toMatchObject({ ok: false, error: { code: 'ticket.notFound' } });
});

test('a password that the home finds too weak is refused to the form of the web copy', async () => {
  const [home, request] = await Promise.all([import('#server/auth/home.ts'), import('#server/auth/request.ts')]);
  expect(home.authHome()).toBe(authHome());
  const made = home.createAccount({ email: 'kurz@nordlicht.example', password: 'kurz' });
  expect(await request.refusalOf(made)).toMatchObject({ code: 'password.weak' });
});
