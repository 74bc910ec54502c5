import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decide } from '#server/config.ts';
import { startChild, type Child } from './child.ts';
import { now } from './clock.ts';
import type { Desk } from './desk.ts';
import type { PostAnswer, PostAsk } from './mail-post.ts';
import type { Bench } from './part.ts';

const patienceMs = 180_000;

export type MailDesk = Desk & { post: Child<PostAsk, PostAnswer> };

/** A desk that receives mail, with the rest of the mail world in a process of its own. */
export async function withMailDesk<T>(bench: Bench, work: (desk: MailDesk) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lotse-bench-'));
  const desk = await bench.cluster.desk({ tickets: 100 });
  const post = startChild<PostAsk, PostAnswer>('./mail-post.ts');
  try {
    const { sinkPort } = await post.ask({ openSink: true });
    decide({
      SMTP_URL: `smtp://127.0.0.1:${sinkPort}`,
      SMTP_IN_PORT: '0',
      FILES_DIR: folder,
      ORIGIN: 'https://desk.example.org',
    });
    return await work({ ...desk, post });
  } finally {
    await post.stop();
    await desk.drop();
    await rm(folder, { recursive: true });
  }
}

/** That each of so many mails has its confirmation, on its way or sent: without them filing would look faster than it is. */
export async function demandConfirmations({ owner }: Desk, mails: number): Promise<void> {
  const [row] = await owner<{ count: number }[]>`
    select count(*)::int from lotse.outgoing_mails where kind = 'confirmation' and state in ('queued', 'sending', 'sent')
  `;
  if (row?.count !== mails) throw new Error(`${row?.count} confirmations for ${mails} mails`);
}

/** Resolves when none of our mails is on its way any more, and all have arrived. */
export async function allSent({ owner }: Desk): Promise<void> {
  for (const deadline = now() + patienceMs; now() < deadline;) {
    const [waits] = await owner`
      select from lotse.outgoing_mails where state in ('queued', 'sending', 'unknown') order by next_attempt_at limit 1
    `;
    if (!waits) return demandAllSent(owner);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('The mails were not sent');
}

async function demandAllSent(owner: Desk['owner']): Promise<void> {
  const [row] = await owner<{ wrong: number }[]>`
    select count(*)::int as wrong from lotse.outgoing_mails where state <> 'sent'
  `;
  if (row?.wrong !== 0) throw new Error(`${row?.wrong} mails were not sent`);
}

/** What this process holds at most from now on, in MB, until the answer is asked for. */
export function watchMemory(): () => number {
  let most = process.memoryUsage.rss();
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
  return () => {
    clearInterval(timer);
    return most / 1024 ** 2;
  };
}

/**
 * Resolves when so many mails have become tickets. All of them are counted only when none waits, which an index tells: counting at each
 * look took PostgreSQL 0.6 ms a mail, from what was measured.
 */
export async function cards({ owner }: Desk, wanted: number): Promise<void> {
  for (const deadline = now() + patienceMs; now() < deadline;) {
    const [waits] = await owner`
      select from lotse.mails where state in ('stored', 'parsed', 'threaded') order by next_attempt_at limit 1
    `;
    const ended = waits ? { cards: 0, failed: 0 } : await countEnded(owner);
    if (ended.failed > 0) throw new Error('A mail was not filed');
    if (ended.cards >= wanted) return;
    await new Promise((resolve) => setTimeout(resolve, wanted > 100 ? 25 : 2));
  }
  throw new Error('The mails did not become tickets');
}

async function countEnded(owner: Desk['owner']): Promise<{ cards: number; failed: number }> {
  const [row] = await owner<{ cards: number; failed: number }[]>`
    select
      count(*) filter (where state = 'filed')::int as cards,
      count(*) filter (where state in ('failed', 'ignored'))::int as failed
    from lotse.mails
  `;
  return row ?? { cards: 0, failed: 0 };
}
