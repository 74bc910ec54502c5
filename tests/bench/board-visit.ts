import type { Browser, CDPSession } from 'playwright';

type Board = {
  address: string;
  cookie: string;
  /** It is too large to come whole with its page. */
  isLarge: boolean;
};

/** Opens a board in a browser without cache or history, and leaves again. */
export async function visit(browser: Browser, { address, cookie, isLarge }: Board) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const [name = '', value = ''] = cookie.split(/=(.*)/s);
    await context.addCookies([{ name, value, url: new URL(address).origin }]);
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    const transfer = await countBytes(devtools);
    await page.addInitScript(noteFirstCards);
    const rest = isLarge ? page.waitForResponse(/\/api\/v1\/.*\/board$/, { timeout: 60_000 }) : null;
    await page.goto(address, { waitUntil: 'load' });
    const times = await (await page.waitForFunction(timesOf, undefined, { timeout: 60_000 })).jsonValue();
    if (!times) throw new Error('The board never showed a card');
    await (await rest)?.finished();
    await page.waitForLoadState('networkidle');
    const { cards, nodes } = await page.evaluate(() => ({
      cards: document.querySelectorAll('[data-card]').length,
      nodes: document.querySelectorAll('*').length,
    }));
    const heapMb = await heapOf(devtools);
    return { ...times, cards, nodes, heapMb, ...transfer() };
  } finally {
    await context.close();
  }
}

/** In the page: asks each frame until a card has a place on the screen, and takes the next frame's time, when it was painted. */
function noteFirstCards(): void {
  const look = () => {
    const card = document.querySelector('[data-card]');
    if (!card || card.getBoundingClientRect().height === 0) return void requestAnimationFrame(look);
    requestAnimationFrame(() => performance.mark('first-cards'));
  };
  look();
}

function timesOf() {
  const [mark] = performance.getEntriesByName('first-cards');
  const [page] = performance.getEntriesByType('navigation');
  if (!mark || !(page instanceof PerformanceNavigationTiming) || page.responseEnd === 0) return null;
  return { firstCardsMs: mark.startTime, pageMs: page.responseEnd, firstByteMs: page.responseStart };
}

/** Counts what comes over the wire, headers included, as it was packed. */
async function countBytes(devtools: CDPSession): Promise<() => { pageKb: number; laterKb: number }> {
  const types = new Map<string, string>();
  const bytes: Record<string, number> = {};
  devtools.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type));
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const type = types.get(requestId) ?? '';
    bytes[type] = (bytes[type] ?? 0) + encodedDataLength;
  });
  await devtools.send('Network.enable');
  await devtools.send('Performance.enable');
  const kb = (type: string) => (bytes[type] ?? 0) / 1024;
  return () => ({ pageKb: kb('Document'), laterKb: kb('Fetch') + kb('XHR') });
}

async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0) / 1024 ** 2;
}
