import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright';
import { inject } from 'vitest';
import { company, emailOf, password } from '#server/demo/cast.ts';
import { createTestDatabase } from './database.ts';
import { openLine, type Line } from './line.ts';
import { signInAs } from './live.ts';
import { freePort, startServer } from './server.ts';
import { deliver } from './smtp-client.ts';
import { startSink, type Delivered } from './smtp-sink.ts';

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

/** The machine's own, as the set-up found it. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env['LOTSE_CHROMIUM'] ?? '/usr/bin/chromium', args: quiet });

export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/**
 * The demo's desk behind a real server, with a mail server in front and behind, and a browser for everybody. Its mails leave at once;
 * a test about taking back says how long they wait.
 */
export async function openDesk({ lines = false, undoSeconds = 0, redisUrl = '' } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'lotse-desk-'));
  const database = await createTestDatabase({ template: 'lotse_demo' });
  await cp(inject('demoFiles'), folder, { recursive: true });
  await database.owner`update lotse.workspaces set undo_seconds = ${undoSeconds}`;
  const sink = await startSink();
  const smtpPort = await freePort();
  const { url, toDatabase } = await throughLine(database.url, lines);
  const server = await startServer(url, {
    FILES_DIR: folder,
    SMTP_URL: sink.url,
    SMTP_IN_PORT: String(smtpPort),
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
  });
  const toServer = lines ? await openLine({ port: Number(new URL(server.address).port) }) : null;
  const address = toServer ? `http://127.0.0.1:${toServer.port}` : server.address;
  const browser = await launchBrowser();
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
    /** The board of a colleague of the cast, live. He has signed in already: what that is like is tested in sign-in.test.ts. */
    async signIn(key: string, options: BrowserContextOptions = {}): Promise<Page> {
      const page = await newPage(browser, options);
      const [member] = await database.owner<{ memberId: string }[]>`
        select id as member_id from lotse.members where email = ${emailOf(key)}
      `;
      if (!member) throw new Error(`The demo has no ${key}`);
      const { cookie } = await signInAs(database, member);
      const [name = '', value = ''] = cookie.split(/=(.*)/s);
      await page.context().addCookies([{ name, value, url: address, httpOnly: true, sameSite: 'Lax' }]);
      await page.goto(`${address}/${company.slug}/board`);
      await live(page);
      return page;
    },
    /** The same from the sign-in page, with address and password. */
    async signInByPassword(key: string, options: BrowserContextOptions = {}): Promise<Page> {
      const page = await newPage(browser, options);
      await page.goto(`${address}/login`);
      await page.locator('input[type=email]').fill(emailOf(key));
      await page.locator('input[type=password]').fill(password);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/board');
      await live(page);
      return page;
    },
    async mail(mail: Mail): Promise<void> {
      const transport = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true });
      await transport.sendMail(mail);
      transport.close();
    },
    /** What left comes in at our own door, as by a server that forwards to it. */
    async handOn({ raw, to }: Delivered): Promise<void> {
      await deliver(smtpPort, raw.toString('latin1'), { to });
    },
    async close(): Promise<void> {
      await browser.close();
      await server.stop();
      await toServer?.stop();
      await toDatabase?.stop();
      await sink.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Mail = {
  from: string;
  to: string;
  subject: string;
  text: string;
  html?: string;
  inReplyTo?: string;
  headers?: Record<string, string>;
};

async function throughLine(databaseUrl: string, wanted: boolean): Promise<{ url: string; toDatabase: Line | null }> {
  if (!wanted) return { url: databaseUrl, toDatabase: null };
  const url = new URL(databaseUrl);
  const toDatabase = await openLine({ port: Number(url.port) });
  url.port = String(toDatabase.port);
  return { url: url.toString(), toDatabase };
}

export type Desk = Awaited<ReturnType<typeof openDesk>>;

const live = (page: Page) => page.locator('[role=status].live').first().waitFor({ state: 'attached' });

async function newPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'de-DE',
    reducedMotion: 'reduce',
    ...options,
  });
  return context.newPage();
}
