import type { Locator, Page } from 'playwright';

/* What a person does with cards, and what one sees of it. */

export const cardOf = (page: Page, subject: string): Locator => page.locator('a.card', { hasText: subject });
export const laneOf = (page: Page): Locator => page.locator('section[data-column="me"]');
export const columnOf = (page: Page, name: string): Locator =>
  page.locator('section.column', { has: page.getByRole('heading', { name, exact: true }) });

/** Subjects in a list, in the order one sees them; a gap is empty. */
export function subjectsIn(list: Locator): Promise<string[]> {
  return list
    .locator('ul > li')
    .evaluateAll((rows) =>
      rows
        .toSorted((a, b) => Number(a.getAttribute('aria-posinset')) - Number(b.getAttribute('aria-posinset')))
        .map((row) => row.querySelector('.subject')?.textContent?.trim() ?? ''),
    );
}

/** Everything the live regions of a page are given to speak from now on, in order, each addition once. */
export async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const spoken: string[] = [];
    const regions = '[aria-live]:not([aria-live="off"]), [role="status"], [role="alert"], [role="log"]';
    new MutationObserver((changes) => {
      for (const { target, addedNodes, type } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        // What appears inside a region is spoken, and what changes in it.
        if (!element?.closest(regions)) continue;
        const texts = type === 'characterData' ? [target.textContent] : [...addedNodes].map((node) => node.textContent);
        spoken.push(...texts.map((text) => text?.trim() ?? '').filter(Boolean));
      }
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
    Object.assign(window, { spoken });
  });
  return () => page.evaluate(() => [...(Reflect.get(window, 'spoken') as string[])]);
}

/** Counts the copies of cards that fly over the page from now on, and the most that were in the air together. */
export async function watchFlights(page: Page): Promise<() => Promise<{ flown: number; together: number }>> {
  await page.evaluate(() => {
    const seen = { flown: 0, together: 0 };
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes) if (node instanceof HTMLElement && 'ghost' in node.dataset) seen.flown++;
      seen.together = Math.max(seen.together, document.querySelectorAll('[data-ghost]').length);
    }).observe(document.body, { childList: true });
    Object.assign(window, { flights: seen });
  });
  return () => page.evaluate(() => ({ ...(Reflect.get(window, 'flights') as { flown: number; together: number }) }));
}

/** Puts a gate into a page's socket: closed, neither side hears of the other until it opens again. */
export async function gateOf(page: Page): Promise<{ close: () => void; open: () => void }> {
  let held: (() => void)[] | null = null;
  const pass = (send: () => void) => (held ? void held.push(send) : send());
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => pass(() => server.send(message)));
    server.onMessage((message) => pass(() => socket.send(message)));
  });
  await page.reload();
  await page.locator('[role=status].live').first().waitFor({ state: 'attached' });
  return {
    close: () => (held = []),
    open: () => {
      const waiting = held ?? [];
      held = null;
      for (const send of waiting) send();
    },
  };
}

/** The frame after the next drop or key in which the card lies in the lane; 0 is the very next one. */
export async function countFrames(page: Page, subject: string): Promise<() => Promise<number>> {
  await page.evaluate((text) => {
    const isThere = () =>
      [...document.querySelectorAll('section[data-column="me"] a.card')].some((card) =>
        card.textContent?.includes(text),
      );
    const { promise, resolve } = Promise.withResolvers<number>();
    const begin = () => {
      let frames = 0;
      const look = () => (isThere() ? resolve(frames) : void (frames++ < 900 && requestAnimationFrame(look)));
      requestAnimationFrame(look);
    };
    for (const name of ['drop', 'keydown'] as const) addEventListener(name, begin, { capture: true, once: true });
    Object.assign(window, { shownInFrame: promise });
  }, subject);
  return () => page.evaluate(() => Reflect.get(window, 'shownInFrame') as Promise<number>);
}
