import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright';
import { closeAuth, openAuth } from '#server/auth/home.ts';
import { decide } from '#server/config.ts';
import { company, emailOf, password } from '#server/demo/cast.ts';
import { plant } from '#server/demo/plant.ts';
import { createTestDatabase } from './database.ts';
import { openLine, type Line } from './line.ts';
import { freePort, startServer } from './server.ts';
import { startSink } from './smtp-sink.ts';

// Without these Chromium asks hosts of its maker, which a machine without a network refuses one by one.
export const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/**
 * The demo's desk behind a real server, with a mail server in front and behind, and a browser for everybody. Its mails leave at once;
 * a test about taking back says how long they wait.
 */
export async function openDesk({ lines = false, undoSeconds = 0 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'lotse-desk-'));
  const database = await createTestDatabase();
  await openAuth({ databaseUrl: database.url, supabase: null });
  decide({ FILES_DIR: folder });
  await plant();
  await database.owner`update lotse.workspaces set undo_seconds = ${undoSeconds}`;
  const sink = await startSink();
  const smtpPort = await freePort();
  const { url, toDatabase } = await throughLine(database.url, lines);
  const server = await startServer(url, {
    FILES_DIR: folder,
    SMTP_URL: sink.url,
    SMTP_IN_PORT: String(smtpPort),
  });
  const toServer = lines ? await openLine({ port: Number(new URL(server.address).port) }) : null;
  const address = toServer ? `http://127.0.0.1:${toServer.port}` : server.address;
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: quiet });
  return {
    database,
    server,
    sink,
    browser,
    /** With `lines`: what the test can cut. */
    toDatabase,
    toServer,
    address,
    board: `${address}/${company.slug}/board`,
    /** A page of a browser of its own. */
    async visit(address: string, options: BrowserContextOptions = {}): Promise<Page> {
      const page = await newPage(browser, options);
      await page.goto(address);
      return page;
    },
    /** Signs in a colleague of the cast and waits until the board is live. */
    async signIn(key: string, options: BrowserContextOptions = {}): Promise<Page> {
      const page = await newPage(browser, options);
      await page.goto(`${address}/login`);
      await page.locator('input[type=email]').fill(emailOf(key));
      await page.locator('input[type=password]').fill(password);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/board');
      await page.locator('[role=status].live').first().waitFor({ state: 'attached' });
      return page;
    },
    async mail(mail: { from: string; to: string; subject: string; text: string; inReplyTo?: string }): Promise<void> {
      const transport = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true });
      await transport.sendMail(mail);
      transport.close();
    },
    async close(): Promise<void> {
      await browser.close();
      await server.stop();
      await toServer?.stop();
      await toDatabase?.stop();
      await sink.stop();
      await closeAuth();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function throughLine(databaseUrl: string, wanted: boolean): Promise<{ url: string; toDatabase: Line | null }> {
  if (!wanted) return { url: databaseUrl, toDatabase: null };
  const url = new URL(databaseUrl);
  const toDatabase = await openLine({ port: Number(url.port) });
  url.port = String(toDatabase.port);
  return { url: url.toString(), toDatabase };
}

export type Desk = Awaited<ReturnType<typeof openDesk>>;

async function newPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'de-DE',
    reducedMotion: 'reduce',
    ...options,
  });
  return context.newPage();
}
