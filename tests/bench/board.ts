import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright';
import { closeAuth, openAuth } from '#server/auth/home.ts';
import { signInAs, slugOf } from '../support/live.ts';
import { startServer } from '../support/server.ts';
import { wholeUpTo } from '#lib/shared/parts.ts';
import { visit } from './board-visit.ts';
import type { Desk } from './desk.ts';
import { figure, grouped, median, round, type Measured } from './figures.ts';
import { each } from './keys.ts';
import { repeat, type Bench, type Part } from './part.ts';

const places = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How soon a board shows its first cards in a browser that was never here, and what it costs the browser. */
export const board: Part = {
  keys: each('board', [100, 1_000, 10_000], ['first_cards_ms', 'visible_kb', 'total_kb', 'card_nodes', 'heap_mb']),
  measure: measureBoards,
};

async function measureBoards(bench: Bench): Promise<Measured[]> {
  const executablePath = process.env['LOTSE_CHROMIUM'] ?? places.find((path) => existsSync(path));
  if (!executablePath) {
    bench.say('board: left out, since there is no Chromium here (apt-get install chromium)');
    return [];
  }
  const browser = await chromium.launch({ executablePath, args: quiet });
  try {
    const figures: Measured[] = [];
    for (const size of [100, 1_000, 10_000]) {
      const tickets = bench.size(size, Math.min(size, 3_000));
      bench.say(`board: ${tickets} tickets`);
      const desk = await bench.cluster.desk({ tickets, pools: 8 });
      try {
        figures.push(...describe(size, await measured(bench, desk, { browser, isLarge: tickets > wholeUpTo })));
      } finally {
        await desk.drop();
      }
    }
    return figures;
  } finally {
    await browser.close();
  }
}

type Visit = Awaited<ReturnType<typeof visit>>;

type Looking = { browser: Browser; isLarge: boolean };

async function measured(bench: Bench, desk: Desk, { browser, isLarge }: Looking): Promise<Visit[]> {
  await openAuth({ databaseUrl: desk.url, supabase: null });
  const database = { url: desk.url, owner: desk.owner, drop: () => desk.drop() };
  const { cookie } = await signInAs(database, desk.cast.mona).finally(closeAuth);
  const slug = await slugOf(database, desk.cast.workspaceId);
  const server = await startServer(desk.url, { SMTP_URL: '', ORIGIN: '', SMTP_IN_PORT: '' });
  try {
    const board = { address: `${server.address}/${slug}/board`, cookie, isLarge };
    // The server's own first page.
    await visit(browser, board);
    return await repeat(bench.runs, () => visit(browser, board));
  } finally {
    await server.stop();
  }
}

function describe(size: number, visits: Visit[]): Measured[] {
  const runs = (what: keyof Visit) => visits.map((each) => each[what]);
  const middle = (what: keyof Visit) => grouped(round(median(runs(what))));
  return [
    figure({
      key: `board.${size}.first_cards_ms`,
      unit: 'ms',
      runs: runs('firstCardsMs'),
      limit: `the page had come after ${middle('pageMs')} ms, ${middle('firstByteMs')} of them the server's; the rest is the browser, with nothing cached`,
    }),
    figure({
      key: `board.${size}.visible_kb`,
      unit: 'KB',
      runs: runs('pageKb'),
      limit: 'HTML as sent; all other cards follow later',
    }),
    figure({
      key: `board.${size}.total_kb`,
      unit: 'KB',
      runs: visits.map(({ pageKb, laterKb }) => pageKb + laterKb),
      limit: `with ${middle('laterKb')} KB of JSON that followed: all open tickets`,
    }),
    figure({
      key: `board.${size}.card_nodes`,
      unit: '',
      runs: runs('cards'),
      limit: `what is in sight and a little beyond; ${middle('nodes')} nodes in all`,
    }),
    figure({ key: `board.${size}.heap_mb`, unit: 'MB', runs: runs('heapMb'), limit: 'every open ticket is an object there' }),
  ];
}
