import { io, type Socket } from 'socket.io-client';
import type { Frame } from '#lib/shared/board.ts';
import { serve } from './child.ts';
import { now } from './clock.ts';

/*
 * Many open boards in one process: real connections of the client that the web app uses.
 */

export type ClientsAsk =
  | { open: { url: string; slug: string; cookies: string[]; count: number } }
  /** Sends them one by one, each over another socket. */
  | { claim: { calls: { id: string; ticket: string }[]; perSecond: number } }
  /** What each command's frame met here: how many sockets, and when the last. Waits until all have it, for a while. */
  | { heard: string[] };
export type ClientsAnswer = { openedMs: number; sent: [string, number][]; heard: [string, number, number][] };

const heard = new Map<string, { count: number; last: number }>();
const sockets: Socket[] = [];
let turn = 0;

serve<ClientsAsk, ClientsAnswer>(async (question) => {
  const answer: ClientsAnswer = { openedMs: 0, sent: [], heard: [] };
  if ('open' in question) answer.openedMs = await openAll(question.open);
  else if ('claim' in question) answer.sent = await claimAll(question.claim);
  else answer.heard = await heardOf(question.heard);
  return answer;
});

async function openAll({ url, slug, cookies, count }: Extract<ClientsAsk, { open: object }>['open']): Promise<number> {
  const begin = now();
  for (let from = 0; from < count; from += 50) {
    const size = Math.min(50, count - from);
    await Promise.all(Array.from({ length: size }, (_, i) => openOne(url, slug, cookies[(from + i) % cookies.length])));
  }
  return now() - begin;
}

function openOne(url: string, slug: string, cookie = ''): Promise<void> {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { workspace: slug },
    extraHeaders: { cookie },
  });
  sockets.push(socket);
  socket.on('event', ({ command }: Frame) => {
    if (!command) return;
    const entry = heard.get(command) ?? { count: 0, last: 0 };
    heard.set(command, { count: entry.count + 1, last: now() });
  });
  return new Promise((resolve, reject) => {
    socket.once('ready', () => resolve());
    socket.once('connect_error', reject);
  });
}

async function claimAll({ calls, perSecond }: Extract<ClientsAsk, { claim: object }>['claim']) {
  const begin = now();
  const sent: [string, number][] = [];
  const answers: Promise<void>[] = [];
  for (const [i, { id, ticket }] of calls.entries()) {
    const due = begin + (i * 1000) / perSecond - now();
    if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
    const socket = sockets[turn++ % sockets.length];
    if (!socket) throw new Error('No socket is open');
    sent.push([id, now()]);
    answers.push(check(socket.timeout(20_000).emitWithAck('command', { id, name: 'ticket.claim', input: { ticket } })));
  }
  await Promise.all(answers);
  return sent;
}

async function check(answer: Promise<{ ok: boolean }>): Promise<void> {
  const value = await answer;
  if (!value.ok) throw new Error(`A claim was refused: ${JSON.stringify(value)}`);
}

async function heardOf(commands: string[]): Promise<[string, number, number][]> {
  const isComplete = () => commands.every((id) => (heard.get(id)?.count ?? 0) >= sockets.length);
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
