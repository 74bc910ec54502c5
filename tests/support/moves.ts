import type { Locator, Page } from 'playwright';

/* What a person does with cards, and what one sees of it. */

export const cardOf = (page: Page, subject: string): Locator => page.locator('a.card', { hasText: subject });
export const laneOf = (page: Page): Locator => page.locator('section[data-column="me"]');
export const columnOf = (page: Page, name: string): Locator =>
  page.locator('section.column', { has: page.getByRole('heading', { name, exact: true }) });

/**
 * Drags a card to a place as a hand does: it lifts, arrives, and lets go once the place lights up. Playwright's own does all of it in the
 * same instant; a busy browser then misses the drop, or never learns that the drag is over, and hears no click any more.
 */
export async function drag(card: Locator, place: Locator): Promise<void> {
  const page = card.page();
  await card.hover();
  const from = await middleOf(card);
  await page.mouse.down();
  await page.mouse.move(from.x + 4, from.y + 4, { steps: 2 });
  await page.locator('a.card.lifted').first().waitFor();
  const to = await middleOf(place);
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.locator('.over').first().waitFor();
  await page.mouse.up();
  await page.locator('a.card.lifted').first().waitFor({ state: 'detached' });
}

async function middleOf(locator: Locator): Promise<{ x: number; y: number }> {
  const { x, y, width, height } = (await locator.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  return { x: x + width / 2, y: y + height / 2 };
}

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
