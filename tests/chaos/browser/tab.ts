// A browser's tab: the page's own live code in a thread, with nothing else of the page. See ../tab.ts.
import './compile.ts';
import { parentPort, workerData } from 'node:worker_threads';
import type { CommandName } from '#lib/shared/commands.ts';
import type { Asked, Opening, Page, Told } from './words.ts';
import { surround } from './surroundings.ts';

const { workspace, me, snapshot, isWhole, ...setting } = workerData as Opening;
const tell = (told: Told) => parentPort?.postMessage(told);
const surroundings = surround(setting);
process.on('unhandledRejection', (error) =>
  tell({ broke: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
);

const { Live } = await import('#lib/live/live.svelte.ts');
const { shownBy } = await import('./shown.ts');

const live = new Live(workspace, me);
begin({ snapshot, isWhole });
live.onRefusal(({ id }, { code }) => tell({ refused: { id, code } }));
live.start();

/** As the board's page does whenever somebody comes to it. */
function begin(page: Page) {
  live.begin(page.snapshot, { whole: page.isWhole });
  live.rest.load();
}

parentPort?.on('message', (asked: Asked) => {
  if ('send' in asked) {
    const { name, input } = asked.send;
    const guess = (card: { priority: string }) => ({ ...card, priority: 'low' }) as never;
    // The driver takes them from the same generator as the server's tests, whose inputs the schemas check there.
    void live.send(name as CommandName, input as never, 'ticket' in input ? { guess } : {});
  } else if ('show' in asked) surroundings.show(asked.show);
  else if ('network' in asked) surroundings.network(asked.network);
  else if ('page' in asked) begin(asked.page);
  else if ('again' in asked) live.rest.load();
  else tell({ shown: shownBy(live), ask: asked.tell });
});
