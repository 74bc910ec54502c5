import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { asSystem } from '#server/database/actor.ts';
import * as attempts from '#server/domain/attempts.ts';
import { snapshot } from '#server/domain/board.ts';
import { createCast, createTicket, type Cast, type Member } from '../support/cast.ts';
import { createLiveDatabase, openBoard, signInAs, slugOf, type Page } from '../support/live.ts';
import type { TestDatabase } from '../support/database.ts';
import { openNotesOf, reads, storedText, synced, type Notes } from '../support/notes.ts';
import { startProxy, type ProxyName } from '../support/proxies.ts';
import { startRedis, type Redis } from '../support/redis.ts';
import { freePort, startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { Viewer } from '../support/viewer.ts';

let database: TestDatabase;
let cast: Cast;
let redis: Redis;
let port: number;
let filesDir: string;
const servers: TestServer[] = [];
const pages: Page[] = [];
const notes: Notes[] = [];

const start = () =>
  startServer(database.url, {
    ORIGIN: `http://127.0.0.1:${port}`,
    TRUSTED_PROXIES: '127.0.0.1',
    REDIS_URL: redis.url,
    FILES_DIR: filesDir,
    SMTP_URL: '',
    SMTP_IN_PORT: '',
    DATABASE_CONNECTIONS: '6',
  });

beforeAll(async () => {
  filesDir = await mkdtemp(join(tmpdir(), 'lotse-files-'));
  redis = await startRedis();
  database = await createLiveDatabase();
  cast = await createCast();
  port = await freePort();
  servers.push(...(await Promise.all([start(), start()])));
});
afterEach(() => {
  pages.splice(0).forEach((page) => page.close());
  notes.splice(0).forEach((open) => open.stop());
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await redis.stop();
  await database.drop();
  await rm(filesDir, { recursive: true });
});

const url = () => `http://127.0.0.1:${port}`;

async function view(member: Member): Promise<Viewer> {
  const page = await openBoard({ database, live: { url: url() } }, member);
  pages.push(page);
  return Viewer.open(page, member);
}

async function edit(member: Member, ticket: string): Promise<Notes> {
  const { cookie } = await signInAs(database, member);
  const open = openNotesOf({ port }, { slug: await slugOf(database, cast.workspaceId), ticket, cookie });
  notes.push(open);
  return synced(open);
}

async function upload(ticket: string, bytes: Uint8Array): Promise<unknown> {
  const [row] = await database.owner<{ number: number }[]>`select number from lotse.tickets where id = ${ticket}`;
  const { cookie } = await signInAs(database, cast.ada);
  const slug = await slugOf(database, cast.workspaceId);
  const mark = { 'x-file-name': 'plan.bin', 'x-command-id': randomUUID(), 'content-type': 'application/octet-stream' };
  const headers = { cookie, origin: url(), ...mark };
  const answer = await fetch(`${url()}/${slug}/tickets/${row?.number}/files`, {
    method: 'POST',
    headers,
    body: new Uint8Array(bytes),
  });
  return answer.json();
}

/** Whether a sign-in was counted for this address. */
async function wasSeen(address: string): Promise<boolean> {
  const once = { key: `signIn:address:${address}`, limit: 1, windowSeconds: 3600 };
  return asSystem(null, ({ sql }) => attempts.spend(sql, once)).then(
    () => false,
    () => true,
  );
}

const names: ProxyName[] = ['nginx', 'HAProxy', 'Caddy'];

test.each(names)(
  'behind %s, everybody moves when a process is killed, and nothing is lost or doubled',
  async (name) => {
    const proxy = await startProxy(name, { port, backends: servers.map((server) => server.port) });
    try {
      const members = [cast.ada, cast.ben, cast.mona, cast.gus, cast.cleo, cast.ada, cast.ben, cast.mona];
      const viewers = await Promise.all(members.map(view));
      const ticket = await createTicket(cast);
      const [writer, reader] = [await edit(cast.ada, ticket), await edit(cast.mona, ticket)];
      writer.text.insert(0, 'Vorher. ');
      await reads(reader, 'Vorher. ');

      const [victim] = servers;
      const restless = { on: true };
      const working = work(restless);
      await victim?.kill();
      writer.text.insert(writer.text.length, 'Währenddessen.');
      await Promise.all(viewers.map(({ page }) => page.until(() => page.socket.connected && page.readys.length > 0)));
      // Those of the dead process came back, the others never left.
      await viewers[0]?.page.until(() => viewers.some(({ page }) => page.readys.length > 1), 'somebody to move');
      restless.on = false;
      const last = await working;

      await Promise.all(viewers.map((viewer) => viewer.upTo(last)));
      for (const viewer of viewers) {
        const fresh = await snapshot(viewer.member);
        expect(byId(viewer.board.cards.values())).toEqual(byId(fresh.cards));
        expect(viewer.doubled).toEqual([]);
        expect(viewer.reloads).toBe(0);
      }
      expect(viewers.some(({ page }) => page.readys.length === 1)).toBe(true);
      await reads(reader, 'Vorher. Währenddessen.');
      expect(await storedText(cast.workspaceId, ticket)).toBe('Vorher. Währenddessen.');
    } finally {
      await proxy.stop();
      await servers[0]?.kill();
      servers[0] = await start();
    }

    /** Commands through a socket that itself may be cut: sent again under the same id, done once. */
    async function work(going: { on: boolean }): Promise<number> {
      const hand = await openBoard({ database, live: { url: url() } }, cast.ada);
      pages.push(hand);
      let seq = 0;
      for (let i = 0; going.on || i < 5; i++) {
        const id = randomUUID();
        const input = { subject: `${name} ${i}`, pool: cast.heating, requester: cast.weber };
        for (;;) {
          const answer = await hand.command('ticket.create', input, id).catch(() => null);
          if (answer && 'ok' in answer && answer.ok) {
            seq = Math.max(seq, answer.seq);
            break;
          }
          await hand.until(() => hand.socket.connected);
        }
      }
      const made = await database.owner<{ subject: string; count: number }[]>`
      select subject, count(*)::int as count from lotse.tickets where subject like ${`${name} %`} group by subject
    `;
      expect(made.every(({ count }) => count === 1)).toBe(true);
      return seq;
    }
  },
);

test.each(names)('behind %s, a database that only reads is read on: nobody is turned away or cut off', async (name) => {
  const proxy = await startProxy(name, { port, backends: servers.map((server) => server.port) });
  const ownName = new URL(database.url).pathname.slice(1);
  try {
    const before = await view(cast.ada);
    await readOnly(true);
    await Promise.all(
      servers.map((server) => until(async () => (await readiness(server)).body.parts['live'] === false)),
    );
    // As long as a proxy needs to take a process for dead: three checks, two seconds each.
    for (const end = performance.now() + 7_000; performance.now() < end;) {
      for (const server of servers)
        expect(await readiness(server)).toMatchObject({ status: 200, body: { ready: false } });
      expect((await fetch(`${url()}/login`)).status).toBe(200);
    }
    expect(before.page.socket.connected).toBe(true);
    expect(before.page.readys).toHaveLength(1);
    const board = await view(cast.ben);
    expect(board.page.readys).toHaveLength(1);
  } finally {
    await readOnly(false);
    await proxy.stop();
  }
  await Promise.all(servers.map((server) => until(async () => (await readiness(server)).body.ready)));

  /** For connections made from now on; whatever wrote until now is ended, but for what the sign-in and the test hold. */
  async function readOnly(on: boolean): Promise<void> {
    await database.owner.unsafe(
      `alter database ${ownName} ${on ? 'set default_transaction_read_only = on' : 'reset default_transaction_read_only'}`,
    );
    await database.owner`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = ${ownName} and application_name = 'lotse' and pid <> pg_backend_pid()
    `;
  }
});

test.each(names)('%s passes large files on, and no address that a client makes up', async (name) => {
  const proxy = await startProxy(name, { port, backends: servers.map((server) => server.port) });
  try {
    expect(await upload(await createTicket(cast), randomBytes(20 * 1024 * 1024))).toMatchObject({ ok: true });
    const made = `203.0.113.${names.indexOf(name) + 1}`;
    const spoofed = { 'x-forwarded-for': made, forwarded: `for=${made}`, 'x-forwarded-proto': 'https' };
    const page = await fetch(`${url()}/login`, { headers: spoofed });
    expect(page.status).toBe(200);
    await fetch(`${url()}/login?/password`, {
      method: 'POST',
      headers: { ...spoofed, origin: url(), 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ email: 'nobody@example.org', password: 'wrong password' }),
    });
    expect(await wasSeen(made)).toBe(false);
    expect(await wasSeen('127.0.0.1')).toBe(true);
  } finally {
    await proxy.stop();
  }
});

type Readiness = { ready: boolean; parts: Record<string, boolean> };

/** Of a process itself, past the proxy. */
async function readiness(server: TestServer): Promise<{ status: number; body: Readiness }> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/readyz`);
  return { status: answer.status, body: (await answer.json()) as Readiness };
}

const byId = <T extends { id: string }>(cards: Iterable<T>) => [...cards].toSorted((a, b) => a.id.localeCompare(b.id));
