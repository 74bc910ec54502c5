import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { decide } from '#server/config.ts';
import { startMail } from '#server/mail/index.ts';
import { run } from '../support/cast.ts';
import { startChild, type Child } from './child.ts';
import { now } from './clock.ts';
import type { Desk } from './desk.ts';
import { figure, grouped, median, share, type Measured } from './figures.ts';
import { mailBytes } from './mail-bytes.ts';
import type { PostAnswer, PostAsk } from './mail-post.ts';
import { repeat, type Bench, type Part } from './part.ts';

const warmUp = 30;
const singles = 10;
const patienceMs = 180_000;

/** From a mail server's first word until the ticket stands on the board; confirmations go out meanwhile, as they do. */
export const mail: Part = { keys: ['mail.smtp.per_s', 'limit.mail.per_s'], measure: measureMail };

async function measureMail(bench: Bench): Promise<Measured[]> {
  const count = bench.size(500, 100);
  bench.say(`mail: ${count} mails of 10 KB`);
  const folder = await mkdtemp(join(tmpdir(), 'lotse-bench-'));
  try {
    const runs = await repeat(bench.runs, () => receive(bench, folder, count));
    const parsing = await repeat(bench.runs, () => bareRate(bench.size(300, 100)));
    const bare = median(parsing);
    const rate = median(runs.map((each) => each.rate));
    const single = Math.round(median(runs.map((each) => each.single)));
    return [
      figure({
        key: 'mail.smtp.per_s',
        unit: '/s',
        runs: runs.map((each) => each.rate),
        limit: `${grouped(count)} of 10 KB to card and confirmation; mailparser alone: ${grouped(Math.round(bare))}/s (${share(rate, bare)}); two workers, and about 15 transactions for each; a single one takes ${single} ms`,
      }),
      figure({
        key: 'limit.mail.per_s',
        unit: '/s',
        runs: parsing,
        limit: 'mailparser alone, in this process',
      }),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function receive(bench: Bench, folder: string, count: number): Promise<{ rate: number; single: number }> {
  const desk = await bench.cluster.desk({ tickets: 100 });
  const post = startChild<PostAsk, PostAnswer>('./mail-post.ts');
  try {
    const { sinkPort } = await post.ask({ openSink: true });
    decide({ SMTP_URL: `smtp://127.0.0.1:${sinkPort}`, SMTP_IN_PORT: '0', FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
    const { ada, heating } = desk.cast;
    const address = 'service@nordlicht.example';
    await run(ada, 'account.create', { name: 'Service', address, pool: heating, kind: 'smtp' });
    const bridge = await startMail();
    try {
      return await measure(desk, post, { port: bridge.smtpPort ?? 0, count });
    } finally {
      await bridge.stop();
    }
  } finally {
    await post.stop();
    await desk.drop();
  }
}

type Size = { port: number; count: number };

async function measure(desk: Desk, post: Child<PostAsk, PostAnswer>, { port, count }: Size) {
  let filed = 0;
  const send = async (mails: number) => {
    const begin = now();
    filed += mails;
    await Promise.all([post.ask({ send: { port, count: mails, from: filed } }), cards(desk, filed)]);
    return now() - begin;
  };
  await send(warmUp);
  // A desk that was opened a second ago has plans for an empty ledger; autovacuum ends that within a minute.
  await desk.owner`analyze`;
  await send(warmUp);
  const times = await repeat(singles, () => send(1));
  return { single: median(times), rate: count / ((await send(count)) / 1000) };
}

/** Resolves when so many mails have become tickets. */
async function cards({ owner }: Desk, wanted: number): Promise<void> {
  for (const deadline = now() + patienceMs; now() < deadline;) {
    const [row] = await owner<{ cards: number; failed: number }[]>`
      select
        (select count(*) from lotse.mails where state = 'filed') as cards,
        (select count(*) from lotse.mails where state in ('failed', 'ignored')) as failed
    `;
    if ((row?.failed ?? 0) > 0) throw new Error('A mail was not filed');
    if ((row?.cards ?? 0) >= wanted) return;
    await new Promise((resolve) => setTimeout(resolve, wanted > 100 ? 25 : 2));
  }
  throw new Error('The mails did not become tickets');
}

async function bareRate(count: number): Promise<number> {
  const mails = Array.from({ length: count }, (_, i) => Buffer.from(mailBytes(i)));
  const begin = now();
  for (const bytes of mails) await simpleParser(bytes);
  return count / ((now() - begin) / 1000);
}
