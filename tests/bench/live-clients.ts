import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import type { Frame } from '#lib/shared/board.ts';
import { serve } from './child.ts';
import { now } from './clock.ts';

/*
 * Many open boards in one process: real connections of the client that the web app uses.
 */

export type ClientsAsk =
  /** Without a slug: plain WebSockets. */
  | { open: { url: string; slug: string; cookies: string[]; count: number; atOnce: boolean } }
  /** Sends them one by one, each over another socket. */
  | { claim: { calls: { id: string; ticket: string }[]; perSecond: number } }
  /** What each command's frame met here: how many sockets, and when the last. Waits until all have it, for a while. */
  | { heard: string[] };
export type ClientsAnswer = { openedMs: number; sent: [string, number][]; heard: [string, number, number][] };

const heard = new Map<string, { count: number; last: number }>();
const boards: { claim(id: string, ticket: string): Promise<void> }[] = [];
let turn = 0;

serve<ClientsAsk, ClientsAnswer>(async (question) => {
  const answer: ClientsAnswer = { openedMs: 0, sent: [], heard: [] };
  if ('open' in question) answer.openedMs = await openAll(question.open);
  else if ('claim' in question) answer.sent = await claimAll(question.claim);
  else answer.heard = await heardOf(question.heard);
  return answer;
});

async function openAll({ url, slug, cookies, count, atOnce }: Extract<ClientsAsk, { open: object }>['open']): Promise<number> {
  const begin = now();
  const most = atOnce ? count : 50;
  for (let from = 0; from < count; from += most) {
    const size = Math.min(most, count - from);
    await Promise.all(Array.from({ length: size }, (_, i) => openOne(url, slug, cookies[(from + i) % cookies.length])));
  }
  return now() - begin;
}

function openOne(url: string, slug: string, cookie = ''): Promise<void> {
  // Socket.io's own is the address of a namespace's server; a plain WebSocket knows neither cookies nor workspaces.
  return slug ? openSocket(url, slug, cookie) : openPlain(url);
}

function openSocket(url: string, slug: string, cookie: string): Promise<void> {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { workspace: slug },
    extraHeaders: { cookie },
  });
  boards.push({
    async claim(id, ticket) {
      const claim = { id, name: 'ticket.claim', input: { ticket }, isFirst: true };
      const answer: unknown = await socket.timeout(20_000).emitWithAck('command', claim);
      if (!isDone(answer)) throw new Error(`A claim was refused: ${JSON.stringify(answer)}`);
    },
  });
  socket.on('event', hear);
  return new Promise((resolve, reject) => {
    socket.once('ready', () => resolve());
    socket.once('connect_error', reject);
  });
}

function openPlain(url: string): Promise<void> {
  const socket = new WebSocket(url.replace('http', 'ws'), { perMessageDeflate: false });
  boards.push({ claim: async (id) => socket.send(JSON.stringify({ id })) });
  socket.on('message', (message: Buffer) => hear(JSON.parse(message.toString()) as Frame));
  return new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
}

function isDone(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === true;
}

function hear({ command }: Frame): void {
  if (!command) return;
  const entry = heard.get(command) ?? { count: 0, last: 0 };
  heard.set(command, { count: entry.count + 1, last: now() });
}

async function claimAll({ calls, perSecond }: Extract<ClientsAsk, { claim: object }>['claim']) {
  const begin = now();
  const sent: [string, number][] = [];
  const answers: Promise<void>[] = [];
  for (const [i, { id, ticket }] of calls.entries()) {
    const due = begin + (i * 1000) / perSecond - now();
    if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
    const board = boards[turn++ % boards.length];
    if (!board) throw new Error('No board is open');
    sent.push([id, now()]);
    answers.push(board.claim(id, ticket));
  }
  await Promise.all(answers);
  return sent;
}

async function heardOf(commands: string[]): Promise<[string, number, number][]> {
  const isComplete = () => commands.every((id) => (heard.get(id)?.count ?? 0) >= boards.length);
  for (const deadline = now() + 15_000; now() < deadline && !isComplete();) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const told = commands.map((id): [string, number, number] => {
    const { count, last } = heard.get(id) ?? { count: 0, last: 0 };
    return [id, count, last];
  });
  heard.clear();
  return told;
}
