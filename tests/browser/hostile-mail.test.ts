import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mailPage } from '#lib/files/mail-page.server.ts';
import { sanitiseMail } from '#server/mail/html.ts';
import { attacks } from '../support/attacks.ts';
import { launchBrowser } from '../support/desk.ts';

/*
 * HTML of strangers in Chromium, in the frame that shows it: nothing of it runs, loads or leaves. Each attack is shown as it is
 * sanitised, and once more as it came, since the frame and its policy have to hold where the cleaning fails.
 */

let server: Server;
let browser: Browser;
let origin: string;
let page: Page;
let shown = { html: '', showImages: false };
let seen: Seen = { asked: [], said: [], left: [] };

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/') return void response.setHeader('content-type', 'text/html').end(around);
    if (!request.url?.startsWith('/mail')) return void response.writeHead(404).end();
    void mailPage({ html: shown.html, isTrusted: false, pictures: [] }, { asked: shown.showImages }).then(
      async (page) => {
        response.writeHead(page.status, Object.fromEntries(page.headers)).end(await page.text());
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
  page = await open();
  await begin();
});

afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
});

/** The page around, with the frame as src/lib/ticket/MailFrame.svelte makes it. */
const around = `<!doctype html><title>around</title><p id="mark">whole</p>
<iframe sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer" src="/mail"></iframe>`;

type Seen = { asked: string[]; said: string[]; left: string[] };

/** What happened while the mail was shown, and somebody moved into it by keyboard. */
async function show(html: string, showImages = false): Promise<Seen> {
  shown = { html, showImages };
  seen = { asked: [], said: [], left: [] };
  await showAnew();
  await page.keyboard.press('Tab');
  const { mark, isPwned } = await settled();
  if (page.url() !== `${origin}/`) seen.left.push(page.url());
  if (mark !== 'whole') seen.left.push('the page around changed');
  if (isPwned) seen.said.push('a script ran');
  for (const frame of page.frames().filter((each) => each !== page.mainFrame()))
    // A frame without an address is one whose script was never begun.
    if (!/\/mail$|^about:|^chrome-error:|^$/.test(frame.url())) seen.left.push(frame.url());
  const met = seen;
  if (met.said.length + met.left.length > 0) await begin();
  return met;
}

/** In a frame of its own, in which the keyboard is. The page around stays: loading it for each attack cost four times as much. */
function showAnew(): Promise<void> {
  return page.evaluate(async () => {
    const old = document.querySelector('iframe');
    const frame = old?.cloneNode();
    if (!(frame instanceof HTMLIFrameElement)) throw new Error('The page around has lost its frame');
    await new Promise((loaded) => {
      frame.addEventListener('load', loaded, { once: true });
      old?.replaceWith(frame);
    });
    frame.contentWindow?.focus();
  });
}

/** A page around in which nothing has happened yet: what an attack left behind would be seen with the next. */
async function begin(): Promise<void> {
  shown = { html: '', showImages: false };
  await page.goto(`${origin}/`);
}

/** One page for all. */
async function open(): Promise<Page> {
  const context = await browser.newContext();
  context.on('page', (popup) => popup !== page && seen.left.push(`popup ${popup.url()}`));
  await context.route('**/*', (route) => {
    const url = new URL(route.request().url());
    if (url.origin === origin && (url.pathname === '/' || url.pathname === '/mail')) return route.continue();
    seen.asked.push(url.href);
    return route.abort();
  });
  const opened = await context.newPage();
  opened.on('dialog', (dialog) => {
    seen.said.push(dialog.message());
    void dialog.dismiss();
  });
  return opened;
}

/** The page around once two frames were drawn and nothing was left to do: whatever loads or runs by itself has begun by then. */
function settled(): Promise<{ mark: string; isPwned: boolean }> {
  return page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    await new Promise((idle) => requestIdleCallback(idle));
    return { mark: document.querySelector('#mark')?.textContent ?? '', isPwned: 'pwned' in window };
  });
}

const nothing: Seen = { asked: [], said: [], left: [] };

test('the watch sees what it is there to see', async () => {
  const remote = await show('<img data-remote="https://evil.example/a.png">', true);
  expect(remote.asked).toEqual(['https://evil.example/a.png']);
});

describe.each([
  ['sanitised', (html: string) => sanitiseMail(html) ?? ''],
  ['as they came', (html: string) => html],
])('attacks %s', (_, prepared) => {
  test('run nothing, load nothing, leave nothing', { timeout: 300_000 }, async () => {
    const failed: { attack: string; seen: Seen }[] = [];
    for (const attack of attacks) {
      const seen = await show(prepared(attack));
      if (JSON.stringify(seen) !== JSON.stringify(nothing)) failed.push({ attack, seen });
    }
    expect(failed).toEqual([]);
  });
});

test('asked for, remote pictures load, and nothing else does', { timeout: 300_000 }, async () => {
  const failed: { attack: string; seen: Seen }[] = [];
  for (const attack of attacks) {
    const html = sanitiseMail(attack) ?? '';
    const pictures = [...html.matchAll(/data-remote="([^"]*)"/g)].length;
    const seen = await show(html, true);
    if (seen.asked.length > pictures || seen.said.length + seen.left.length > 0) failed.push({ attack, seen });
  }
  expect(failed).toEqual([]);
});
