import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringToBase64URL } from '@supabase/ssr';
import { io, type Socket } from 'socket.io-client';
import type { Frame } from '#lib/shared/board.ts';
import type {
  CatchUp,
  CustomerCalls,
  CustomerEvents,
  Ended,
  Ready,
  StaffCalls,
  StaffEvents,
} from '#lib/shared/wire.ts';
import { cookieName } from '#server/auth/cookies.ts';
import { closeAuth, openAuth } from '#server/auth/home.ts';
import { secretFor } from '#server/database/keys.ts';
import { tokenFor } from '#server/domain/links.ts';
import { startRealtime, type Realtime } from '#server/realtime/index.ts';
import { front } from '#server/web/front.ts';
import type { Member } from './cast.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export type Live = Realtime & { url: string; port: number };

/** The live side of a server on a free port, as server/start.ts puts it together. `heard` is given each request for a line. */
export async function startLive(port = 0, heard?: (request: IncomingMessage) => void): Promise<Live> {
  const server = createServer((_, response) => response.writeHead(404).end());
  server.on('upgrade', front);
  if (heard) server.on('upgrade', heard);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const realtime = await startRealtime({ server });
  const address = server.address() as AddressInfo;
  return {
    ...realtime,
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      await realtime.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A database with sign-in over it. */
export async function createLiveDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await openAuth({ databaseUrl: database.url, supabase: null });
  return {
    ...database,
    async drop() {
      await closeAuth();
      await database.drop();
    },
  };
}

export type SignedIn = { cookie: string; sessionId: string };

/** A session as sign-in leaves it, without the password's slow hash: rows of the auth server, and a token with its signature. */
export async function signInAs({ owner }: TestDatabase, { memberId }: Pick<Member, 'memberId'>): Promise<SignedIn> {
  const [member] = await owner<{ userId: string; email: string }[]>`
    select user_id, email from lotse.members where id = ${memberId}
  `;
  if (!member) throw new Error('No such member');
  const sessionId = randomUUID();
  await owner`
    insert into auth.users (id, email, aud, role) values (${member.userId}, ${`${member.userId}@example.org`}, 'authenticated', 'authenticated')
    on conflict do nothing
  `;
  await owner`insert into auth.sessions (id, user_id) values (${sessionId}, ${member.userId})`;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    sub: member.userId,
    session_id: sessionId,
    aud: 'authenticated',
    email: member.email,
    exp: Math.floor(Date.now() / 1000) + 3600,
  };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  const secret = (await secretFor('auth')).toString('base64url');
  const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  const stored = JSON.stringify({ access_token: token, refresh_token: 'none' });
  return { cookie: `${cookieName}=base64-${stringToBase64URL(stored)}`, sessionId };
}

type Typing = Parameters<StaffCalls['typing']>[0] | Parameters<CustomerCalls['typing']>[0];
type Any = Socket<StaffEvents & CustomerEvents, Omit<StaffCalls, 'typing'> & { typing(types: Typing): void }>;

/** A page's socket with all that it was sent. */
export class Page {
  readonly socket: Any;
  readonly frames: Frame[] = [];
  readonly told: [string, unknown][] = [];
  readys: Ready[] = [];
  ended: Ended | null = null;
  refusal: string | null = null;
  #wakes = new Set<() => void>();

  constructor(url: string, options: { auth: object; cookie?: string; origin?: string }) {
    const { auth, cookie, origin } = options;
    const extraHeaders = { ...(cookie ? { cookie } : {}), ...(origin ? { origin } : {}) };
    this.socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 20,
      reconnectionDelayMax: 50,
      auth,
      extraHeaders,
    });
    this.socket.on('ready', (ready) => this.readys.push(ready));
    this.socket.on('event', (frame) => this.frames.push(frame));
    this.socket.on('ended', (ended) => (this.ended = ended));
    this.socket.on('connect_error', (error) => (this.refusal = error.message));
    // What came close together comes as several values of one message.
    this.socket.onAny((name: string, ...values: unknown[]) => values.forEach((value) => this.told.push([name, value])));
    this.socket.onAny(() => this.#wake());
    this.socket.on('connect_error', () => this.#wake());
    this.socket.on('connect', () => this.#wake());
    this.socket.on('disconnect', () => this.#wake());
  }

  #wake(): void {
    for (const wake of this.#wakes) wake();
  }

  /** Resolves once `holds` says so; asked at each thing that comes. */
  async until<T>(holds: () => T | null | undefined | false, what = 'something'): Promise<T> {
    for (const deadline = Date.now() + 15_000; Date.now() < deadline;) {
      const found = holds();
      if (found) return found;
      const next = Promise.withResolvers<void>();
      this.#wakes.add(next.resolve);
      const timer = setTimeout(next.resolve, 500);
      await next.promise;
      clearTimeout(timer);
      this.#wakes.delete(next.resolve);
    }
    throw new Error(`Waited in vain for ${what}; had ${JSON.stringify(this.told.map(([name]) => name))}`);
  }

  ready(): Promise<Ready> {
    return this.until(() => this.readys.at(-1), 'ready');
  }

  frame(type: string, matches: (frame: Frame) => boolean = () => true): Promise<Frame> {
    return this.until(() => this.frames.find((frame) => frame.type === type && matches(frame)), type);
  }

  /** Everything up to this seq of the workspace that it will be sent, was sent: a catch-up is answered in the feed's order. */
  async settled(seq: number): Promise<CatchUp> {
    for (;;) {
      const answer = await this.catchUp(seq);
      if ('snapshot' in answer || answer.seq >= seq) return answer;
    }
  }

  catchUp(cursor: number): Promise<CatchUp> {
    return new Promise((resolve) => this.socket.emit('catchup', { cursor }, resolve));
  }

  command(name: string, input: unknown, id: string = randomUUID()) {
    return this.socket.timeout(10_000).emitWithAck('command', { id, name, input });
  }

  close(): void {
    this.socket.disconnect();
  }
}

export async function slugOf({ owner }: TestDatabase, workspaceId: string): Promise<string> {
  const [row] = await owner<{ slug: string }[]>`select slug from lotse.workspaces where id = ${workspaceId}`;
  return row?.slug ?? '';
}

export type Desk = { database: TestDatabase; live: Live };
type At = { database: TestDatabase; live: Pick<Live, 'url'> };

/** A member's board, joined. */
export async function openBoard({ database, live }: At, member: Member): Promise<Page> {
  const { cookie } = await signInAs(database, member);
  const page = new Page(live.url, { auth: { workspace: await slugOf(database, member.workspaceId) }, cookie });
  await page.ready();
  return page;
}

/** The page of a ticket link, joined. */
export async function openTicketPage({ live }: Pick<At, 'live'>, linkId: string): Promise<Page> {
  const page = new Page(`${live.url}/t`, { auth: { token: await tokenFor({ id: linkId, generation: 1 }) } });
  await page.ready();
  return page;
}
