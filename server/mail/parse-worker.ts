import { parentPort } from 'node:worker_threads';
import { readBody } from './body.ts';
import { decodeMail } from './decode.ts';
import type { ParseReply, ParseRequest } from './parse.ts';

parentPort?.on('message', ({ id, raw, separator }: ParseRequest) => {
  void answer(id, Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), separator);
});

async function answer(id: number, raw: Buffer, separator?: string): Promise<void> {
  parentPort?.postMessage({ id } satisfies ParseReply);
  let reply: ParseReply;
  try {
    const mail = await decodeMail(raw);
    reply = { id, read: { mail, body: readBody(mail, separator) } };
  } catch (error) {
    reply = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(reply);
}
