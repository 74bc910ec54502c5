// A customer's tab: the page's own live line in a thread; what the page reads is read as SvelteKit reads it. See ../customers.ts.
import './compile.ts';
import { randomUUID } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { readPage, type CustomerPage } from './customer-page.ts';
import { page } from './navigation.ts';
import { surround } from './surroundings.ts';

export type CustomerOpening = { port: number; token: string };
export type CustomerAsked = { write: string } | { show: boolean } | { network: boolean } | { tell: number };
export type CustomerTold =
  { shown: CustomerPage | null; isOffline: boolean; ask: number } | { wrote: string } | { broke: string };

const { port, token } = workerData as CustomerOpening;
const tell = (told: CustomerTold) => parentPort?.postMessage(told);
process.on('unhandledRejection', (error) =>
  tell({ broke: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
);
const surroundings = surround({ port, cookie: '', stored: {} });
const address = `http://127.0.0.1:${port}`;
let shown: CustomerPage | null = null;
let turn = 0;

/** An older answer does not take the place of a newer one, and one that failed leaves the page as it is. */
page.read = async () => {
  const mine = ++turn;
  const read = await readPage(address, token).catch(() => null);
  if (read && mine === turn) shown = read;
};

const { CustomerLine } = await import('#lib/page/line.svelte.ts');
const line = new CustomerLine(token);
await page.read();
line.start();

/** As the form does, whose customer presses again under the same id until it was taken. */
async function write(text: string): Promise<void> {
  const command = randomUUID();
  for (let attempt = 0; attempt < 60; attempt++) {
    const body = new FormData();
    body.set('command', command);
    body.set('text', text);
    const answer = await post(body);
    if (answer) {
      tell({ wrote: text });
      return page.read();
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** False where nobody knows whether it was done. */
async function post(body: FormData): Promise<boolean> {
  const headers = { origin: address, 'x-sveltekit-action': 'true', accept: 'application/json' };
  try {
    const init = { method: 'POST', body, headers, signal: AbortSignal.timeout(15_000) };
    const answer = await fetch(`${address}/t/${token}?/send`, init);
    const { type } = (await answer.json()) as { type?: string };
    return type === 'redirect';
  } catch {
    // The line was cut, or the server killed.
    return false;
  }
}

parentPort?.on('message', (asked: CustomerAsked) => {
  if ('write' in asked) void write(asked.write);
  else if ('show' in asked) surroundings.show(asked.show);
  else if ('network' in asked) surroundings.network(asked.network);
  else tell({ shown, isOffline: line.isOffline, ask: asked.tell });
});
