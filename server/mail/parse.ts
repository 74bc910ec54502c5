import { Worker } from 'node:worker_threads';
import type { MailBody } from './body.ts';
import { mailLimits, type MailAttachment, type ParsedMail } from './parsed.ts';

export type ReadMail = { mail: ParsedMail; body: MailBody };
export type UnreadableReason = 'size' | 'time' | 'memory' | 'crash';

/** The mail stays stored and is shown raw to a person (`readHeaders` still gives sender and subject); trying again is allowed. */
export class UnreadableMail extends Error {
  readonly reason: UnreadableReason;
  constructor(reason: UnreadableReason, options?: ErrorOptions) {
    super(`mail is unreadable: ${reason}`, options);
    this.name = 'UnreadableMail';
    this.reason = reason;
  }
}

/** Hostile mail costs one worker this much and no more; an ordinary mail takes about 2 ms. Tests are less patient. */
export const parseLimits = { timeMs: 20_000, heapMb: 768 };
/** A new worker has to read the parsers first, and on a busy machine that is no mail's fault. */
const startMs = 60_000;
/** While one chews on something hostile the others' mail goes on. */
const mostWorkers = 2;

type Job = {
  raw: Buffer;
  separator: string | undefined;
  resolve: (read: ReadMail) => void;
  reject: (error: UnreadableMail) => void;
};
export type ParseRequest = { id: number; raw: Uint8Array; separator: string | undefined };
/** The first says that the work begins. */
export type ParseReply = { id: number } | { id: number; read: ReadMail } | { id: number; error: string };

const waiting: Job[] = [];
const idle: Worker[] = [];
const busy = new Set<Worker>();
let lastId = 0;

/** Decodes a raw mail in a worker thread with limits on time, heap and size. Throws `UnreadableMail`. */
export async function parseMail(raw: Buffer): Promise<ParsedMail> {
  return (await readMail(raw)).mail;
}

/**
 * Decodes, splits own words from the quoted rest and sanitises, all in one trip to the worker.
 * `separator` is `separatorToken(key)`. Throws `UnreadableMail`.
 */
export function readMail(raw: Buffer, separator?: string): Promise<ReadMail> {
  if (raw.length > mailLimits.bytes) return Promise.reject(new UnreadableMail('size'));
  return new Promise((resolve, reject) => {
    waiting.push({ raw, separator, resolve, reject });
    runNext();
  });
}

/** Ends the worker threads; a later mail starts new ones. */
export async function stopParsing(): Promise<void> {
  const ending = [...idle.splice(0), ...busy];
  await Promise.all(ending.map((thread) => thread.terminate()));
}

function runNext(): void {
  const job = busy.size < mostWorkers ? waiting.shift() : undefined;
  if (!job) return;
  const thread = idle.pop() ?? startWorker();
  busy.add(thread);
  const id = ++lastId;
  let timer = setTimeout(() => fail('time'), startMs);

  const finish = () => {
    clearTimeout(timer);
    thread.off('message', onMessage).off('error', onError).off('exit', onExit);
    thread.unref();
    busy.delete(thread);
    runNext();
  };
  const fail = (reason: UnreadableReason, cause?: unknown) => {
    void thread.terminate();
    job.reject(new UnreadableMail(reason, { cause }));
    finish();
  };
  const onMessage = (reply: ParseReply) => {
    if (reply.id !== id) return;
    if (!('read' in reply) && !('error' in reply)) {
      clearTimeout(timer);
      timer = setTimeout(() => fail('time'), parseLimits.timeMs);
      return;
    }
    if ('read' in reply) job.resolve(withBuffers(reply.read));
    else job.reject(new UnreadableMail('crash', { cause: reply.error }));
    idle.push(thread);
    finish();
  };
  const onError = (error: unknown) => fail(isOutOfMemory(error) ? 'memory' : 'crash', error);
  const onExit = () => fail('crash');
  thread.ref();
  thread.on('message', onMessage).on('error', onError).on('exit', onExit);
  // A copy that moves over: a small Buffer is a slice of Node's pool, of which all 64 KB would be copied, and again on the other side.
  const raw = new Uint8Array(job.raw);
  thread.postMessage({ id, raw, separator: job.separator } satisfies ParseRequest, [raw.buffer]);
}

function startWorker(): Worker {
  return new Worker(new URL('./parse-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: parseLimits.heapMb, stackSizeMb: 8 },
  });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

/** A Buffer crosses the thread border as a plain Uint8Array. */
function withBuffers({ mail, body }: ReadMail): ReadMail {
  const revive = (file: MailAttachment) => ({
    ...file,
    content: Buffer.from(file.content.buffer, file.content.byteOffset, file.content.byteLength),
  });
  return {
    mail: { ...mail, attachments: mail.attachments.map(revive), reportParts: mail.reportParts.map(revive) },
    body,
  };
}
