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
import { freePort, startServer } from './server.ts';
import { startSink } from './smtp-sink.ts';

// Without these Chromium asks hosts of its maker, which a machine without a network refuses one by one.
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** The demo's desk behind a real server, with a mail server in front and behind, and a browser for everybody. */
export async function openDesk() {
  const folder = await mkdtemp(join(tmpdir(), 'lotse-desk-'));
  const database = await createTestDatabase();
  await openAuth({ databaseUrl: database.url, supabase: null });
  decide({ FILES_DIR: folder });
  await plant();
  const sink = await startSink();
  const smtpPort = await freePort();
  const server = await startServer(database.url, {
    FILES_DIR: folder,
    SMTP_URL: sink.url,
    SMTP_IN_PORT: String(smtpPort),
  });
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: quiet });
  return {
    database,
    server,
    sink,
    browser,
    board: `${server.address}/${company.slug}/board`,
    /** A page of a browser of its own. */
    async visit(address: string, options: BrowserContextOptions = {}): Promise<Page> {
      const page = await newPage(browser, options);
      await page.goto(address);
      return page;
    },
    /** Signs in a colleague of the cast and waits until the board is live. */
    async signIn(key: string, options: BrowserContextOptions = {}): Promise<Page> {
      const page = await newPage(browser, options);
      await page.goto(`${server.address}/login`);
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
      await sink.stop();
      await closeAuth();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
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
