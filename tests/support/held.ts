import type { Page } from 'playwright';

/* A network whose answers come when a test says so. */

/** Keeps the first answer from an address back, as it was when it was asked for, until `answer()`. */
export async function held(page: Page, address: string, method = 'GET') {
  const asking = Promise.withResolvers<void>();
  const going = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  let isFirst = true;
  await page.route(address, async (route) => {
    if (!isFirst || route.request().method() !== method) return route.fallback();
    isFirst = false;
    const response = await route.fetch();
    asking.resolve();
    await going.promise;
    await route.fulfill({ response });
    answered.resolve();
  });
  const answer = async () => {
    going.resolve();
    await answered.promise;
    await page.evaluate(() => new Promise((done) => setTimeout(done)));
  };
  return { asked: asking.promise, answer };
}

type Kept = { pass: () => void; refuse: () => void };

/**
 * From the next page on that is loaded: the next command of a name stays in the page, until it is passed on, or refused as empty.
 * Socket.io says `42<id>[…]` for a call, and `43<id>[…]` for its answer.
 */
export async function holdingCommands(page: Page): Promise<(name: string) => Promise<Kept>> {
  let wanted: { name: string; resolve: (command: Kept) => void } | null = null;
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      if (!wanted || !message.includes(`"${wanted.name}"`)) return server.send(message);
      const id = /^42(\d+)/.exec(String(message))?.[1];
      const answer = [{ ok: false, error: { code: 'message.empty', detail: {} } }];
      const refuse = () => socket.send(`43${id}${JSON.stringify(answer)}`);
      wanted.resolve({ pass: () => server.send(message), refuse });
      wanted = null;
    });
  });
  return (name) => {
    const { promise, resolve } = Promise.withResolvers<Kept>();
    wanted = { name, resolve };
    return promise;
  };
}
