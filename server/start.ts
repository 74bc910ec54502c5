import { setupAddress, startAuth } from './auth/start.ts';
import { config, decide } from './config.ts';
import { startEmbedded } from './database/embedded.ts';
import { migrate } from './database/migrate.ts';
import * as pool from './database/pool.ts';
import { Reach } from './database/reach.ts';
import { greeting } from './demo/greeting.ts';
import { plant } from './demo/plant.ts';
import { startJobs } from './jobs/index.ts';
import { log } from './log.ts';
import { startMail } from './mail/index.ts';
import type { Context, Part } from './part.ts';
import { PlainError } from './plain.ts';
import { startRealtime } from './realtime/index.ts';
import { freePortFrom, listen, type Web } from './web/listen.ts';
import { startPages } from './web/pages.ts';

export type Running = {
  address: string;
  /** Where an empty installation is set up; null once there is a workspace. */
  setup: string | null;
  /** What to try, in the demo. */
  greeting: string | null;
  stop(): Promise<void>;
};

/** @param onDeath something Lotse cannot work without has ended by itself */
export async function start(onDeath: (reason: string) => void): Promise<Running> {
  const parts = new Map<string, Part>();
  if (config().demo) await takeFreePorts();
  const web = await listen();
  let words: string | null = null;
  try {
    const ownerUrl = config().databaseUrl ?? (await startOwnDatabase(parts, onDeath));
    const databaseUrl = await openDatabase(parts, ownerUrl);
    const context: Context = { server: web.server, databaseUrl, ownerUrl };
    parts.set('auth', await startAuth(context));
    if (config().demo) await plant();
    const pages = await startPages(context.server);
    parts.set('web', pages);
    parts.set('live', await startRealtime(context));
    const mail = await startMail();
    parts.set('mail', mail);
    if (config().demo) words = greeting(mail.smtpPort);
    parts.set('jobs', await startJobs(context));
    web.open(pages.handler, parts);
  } catch (error) {
    await stop(web, parts);
    throw error;
  }
  return { address: config().address, setup: await setupAddress(), greeting: words, stop: () => stop(web, parts) };
}

async function takeFreePorts(): Promise<void> {
  const { host, port, smtpIn } = config();
  decide({ PORT: String(await freePortFrom(host, port)) });
  const mail = smtpIn ?? { host: '127.0.0.1', port: 2525 };
  decide({ SMTP_IN_PORT: String(await freePortFrom(mail.host, mail.port)) });
}

async function startOwnDatabase(parts: Map<string, Part>, onDeath: (reason: string) => void): Promise<string> {
  const embedded = await startEmbedded({
    dataDir: config().dataDir,
    revive: true,
    onDeath: () => onDeath('The built-in PostgreSQL has ended by itself; its reason stands in postgres.log.'),
  });
  parts.set('postgres', embedded);
  // The web bundle has its own copy of config.ts, and reads it there.
  decide({ DATABASE_URL: embedded.url });
  return embedded.url;
}

async function openDatabase(parts: Map<string, Part>, ownerUrl: string): Promise<string> {
  const databaseUrl = await migrate(ownerUrl).catch((error: unknown) => {
    throw new PlainError(`The database cannot be used: ${reasonOf(error)}.`, { cause: error });
  });
  pool.open(databaseUrl, { connections: config().databaseConnections, name: 'lotse' });
  const reach = new Reach();
  parts.set('database', { stop: () => pool.close(), isReady: () => reach.isReady(), isHung: () => reach.isHung() });
  return databaseUrl;
}

/** The last that was started goes first; one that does not end in time must not keep the others from ending well. */
async function stop(web: Web, parts: Map<string, Part>): Promise<void> {
  const closed = web.close();
  for (const [name, part] of [...parts].reverse()) {
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), 40_000);
    try {
      if ((await Promise.race([part.stop(), late.promise])) === 'late')
        log.error({ part: name }, 'did not stop in time');
    } catch (error) {
      log.error({ part: name, err: error }, 'did not stop cleanly');
    } finally {
      clearTimeout(timer);
    }
  }
  await closed;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const first = error.message.split('\n')[0]?.replace(/\.$/, '');
  return first || ('code' in error ? String(error.code) : error.name);
}
