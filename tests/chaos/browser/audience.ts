// Many browsers in one process: each is the page's own live code over a socket of its own, with nothing else of the page.
import './compile.ts';
import { jar } from './cookies.ts';
import { setMaxListeners } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { Card, Snapshot } from '#lib/shared/board.ts';
import type { CommandName } from '#lib/shared/commands.ts';
import type { Me } from '#lib/live/live.svelte.ts';
import { serve } from '../../bench/child.ts';
import { now } from '../../bench/clock.ts';
import { surround } from './surroundings.ts';
import type { Seen } from './words.ts';

export type Browser = { cookie: string; me: Me };

export type AudienceAsk =
  /** As a page that was rendered with this snapshot; answered when all are live. */
  | { open: { port: number; slug: string; browsers: Browser[]; snapshot: Snapshot } }
  /** Closes as many as that, the oldest first. */
  | { close: number }
  /** Over the socket of somebody's page; not waited for. */
  | { send: { member: string; name: string; input: Record<string, unknown> }[] }
  /** Waits until all are live and have everything up to here, for a while. */
  | { reach: number }
  /** Whose page, by member, is not what a fresh one would be; `*` is said of all who are not named. */
  | { compare: Record<string, Seen> };

export type AudienceAnswer = {
  open: number;
  /** When the last of them was there, by the clock of the machine. */
  at: number;
  /** How many were not. */
  behind: number;
  /** The first few that are wrong, and how. */
  wrong: string[];
  /** Boards that were read whole since the last answer. */
  reloads: number;
  /** What became of commands since the last answer. */
  answers: Record<string, number>;
};

const patienceMs = 100_000;
const fewWrong = 5;
const met: Pick<AudienceAnswer, 'reloads' | 'answers'> = { reloads: 0, answers: {} };
let isSurrounded = false;

const { Live } = await import('#lib/live/live.svelte.ts');

type Open = { live: InstanceType<typeof Live>; stop: () => void };
const pages: Open[] = [];

serve<AudienceAsk, AudienceAnswer>(async (question) => {
  let wrong: string[] = [];
  if ('open' in question) await openAll(question.open);
  else if ('close' in question) for (const { stop } of pages.splice(0, question.close)) stop();
  else if ('send' in question) question.send.forEach(send);
  else if ('reach' in question) await until(() => pages.every((page) => isThere(page, question.reach)));
  else wrong = wrongPages(question.compare);
  const seq = 'reach' in question ? question.reach : 0;
  const behind = pages.filter((page) => !isThere(page, seq)).length;
  const { reloads, answers } = met;
  Object.assign(met, { reloads: 0, answers: {} });
  return { open: pages.length, at: now(), behind, wrong, reloads, answers };
});

type Opening = Extract<AudienceAsk, { open: object }>['open'];

async function openAll({ port, slug, browsers, snapshot }: Opening): Promise<void> {
  surroundOnce(port);
  for (let from = 0; from < browsers.length; from += 100) {
    const opened = browsers.slice(from, from + 100).map(({ cookie, me }) =>
      jar.run(cookie, () => {
        const live = new Live(slug, me);
        live.begin(snapshot);
        const page = { live, stop: live.start() };
        pages.push(page);
        return page;
      }),
    );
    await until(() => opened.every((page) => isThere(page, 0)));
  }
}

function surroundOnce(port: number): void {
  if (isSurrounded) return;
  isSurrounded = true;
  surround({ port, cookie: '', stored: {} }, () => jar.getStore() ?? '');
  setMaxListeners(0, document, window);
  const requested = globalThis.fetch;
  globalThis.fetch = (address, init) => {
    if (String(address).endsWith('/board')) met.reloads++;
    return requested(address, init);
  };
}

function send({ member, name, input }: Extract<AudienceAsk, { send: unknown }>['send'][number]): void {
  const page = pages.find(({ live }) => live.me.id === member);
  // Nobody of that name has a page open just now.
  if (!page) return;
  // The driver takes them from what the server's own tests send, whose inputs the schemas check there.
  void page.live.send(name as CommandName, input as never).then((answer) => {
    const fate = answer.ok ? 'done' : answer.error.code;
    met.answers[fate] = (met.answers[fate] ?? 0) + 1;
  });
}

function isThere({ live }: Open, seq: number): boolean {
  return live.connection.state === 'live' && live.board.isWhole && live.board.cursor >= seq;
}

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = now() + patienceMs; now() < deadline && !holds();) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Thousands of boards share the cards that nothing happened to: each is compared once. */
function wrongPages(wanted: Record<string, Seen>): string[] {
  const right = new WeakSet<object>();
  const isRight = (has: object, should: unknown) => {
    if (!right.has(has) && !isDeepStrictEqual(has, should)) return false;
    right.add(has);
    return true;
  };
  const wrong: string[] = [];
  for (const { live } of pages) {
    const should = wanted[live.me.id] ?? wanted['*'];
    const how = should ? wrongWith(live, should, isRight) : 'was not to be compared';
    if (how && wrong.length < fewWrong) wrong.push(`${live.me.name}'s page ${how}`);
  }
  return wrong;
}

type Compare = (has: object, should: unknown) => boolean;

function wrongWith({ board, connection }: Open['live'], wanted: Seen, isRight: Compare): string | null {
  if (connection.state !== 'live') return `is ${connection.state}`;
  const { cards } = board;
  const count = Object.keys(wanted.cards).length;
  if (cards.length !== count) return `shows ${cards.length} cards instead of ${count}`;
  const wrong = cards.find((card: Card) => !isRight(card, wanted.cards[card.id]));
  if (wrong) return `shows ${JSON.stringify(wrong)} instead of ${JSON.stringify(wanted.cards[wrong.id])}`;
  const unread = cards.find((card) => board.isUnread(card) !== wanted.unread[card.id]);
  if (unread) return `shows ${unread.id} as ${board.isUnread(unread) ? 'unread' : 'read'}`;
  const beside = (['pools', 'people', 'groups'] as const).find((what) => !isRight(board[what], wanted.beside[what]));
  return beside ? `has other ${beside}` : null;
}
