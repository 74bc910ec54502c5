import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright';
import { closeAuth, openAuth } from '#server/auth/home.ts';
import { signInAs, slugOf } from '../support/live.ts';
import { startServer } from '../support/server.ts';
import { wholeUpTo } from '#lib/board/cut.ts';
import { visit } from './board-visit.ts';
import type { Desk } from './desk.ts';
import { figure, grouped, median, round } from './figures.ts';
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
export const board: Part = async (bench) => {
  const executablePath = process.env['LOTSE_CHROMIUM'] ?? places.find((path) => existsSync(path));
  if (!executablePath) {
    bench.say('board: left out, since there is no Chromium here (apt-get install chromium)');
    return [];
  }
  const browser = await chromium.launch({ executablePath, args: quiet });
  try {
    const figures = [];
    for (const tickets of [100, 1_000, bench.size(10_000, 3_000)]) {
      bench.say(`board: ${tickets} tickets`);
      const desk = await bench.cluster.desk({ tickets, pools: 8 });
      try {
        figures.push(...describe(tickets, await measured(bench, desk, { browser, isLarge: tickets > wholeUpTo })));
      } finally {
        await desk.drop();
      }
    }
    return figures;
  } finally {
    await browser.close();
  }
};

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

function describe(tickets: number, visits: Visit[]) {
  const name = `board of ${grouped(tickets)}`;
  const runs = (what: keyof Visit) => visits.map((each) => each[what]);
  const middle = (what: keyof Visit) => grouped(round(median(runs(what))));
  return [
    figure({
      name: `${name}, first cards`,
      unit: 'ms',
      runs: runs('firstCardsMs'),
      limit: `the page had come after ${middle('pageMs')} ms, ${middle('firstByteMs')} of them the server's; the rest is the browser, with nothing cached`,
    }),
    figure({
      name: `${name}, page`,
      unit: 'KB',
      runs: runs('pageKb'),
      limit: `HTML as sent; all other cards follow later: ${middle('laterKb')} KB of JSON`,
    }),
    figure({
      name: `${name}, card nodes`,
      unit: '',
      runs: runs('cards'),
      limit: `what is in sight and a little beyond; ${middle('nodes')} nodes in all`,
    }),
    figure({ name: `${name}, JavaScript heap`, unit: 'MB', runs: runs('heapMb'), limit: 'every open ticket is an object there' }),
  ];
}
