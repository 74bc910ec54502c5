import { parentPort } from 'node:worker_threads';
import { readBody } from './body.ts';
import { decodeMail } from './decode.ts';
import type { ParseReply, ParseRequest } from './parse.ts';
import type { MailAttachment, ParsedMail } from './parsed.ts';

parentPort?.on('message', ({ id, raw, separator }: ParseRequest) => {
  void answer(id, Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), separator);
});

async function answer(id: number, raw: Buffer, separator?: string): Promise<void> {
  parentPort?.postMessage({ id } satisfies ParseReply);
  try {
    const mail = await decodeMail(raw);
    const body = readBody(mail, separator);
    const { moved, buffers } = movable(mail);
    parentPort?.postMessage({ id, read: { mail: moved, body } } satisfies ParseReply, buffers);
  } catch (error) {
    const reply = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    parentPort?.postMessage(reply satisfies ParseReply);
  }
}

/** Its files move over instead of being copied, each in memory of its own: a small one is a slice of a pool, which would go along. */
function movable(mail: ParsedMail): { moved: ParsedMail; buffers: ArrayBuffer[] } {
  const buffers: ArrayBuffer[] = [];
  const move = (file: MailAttachment): MailAttachment => {
    const buffer = new ArrayBuffer(file.content.length);
    const content = Buffer.from(buffer);
    file.content.copy(content);
    buffers.push(buffer);
    return { ...file, content };
  };
  const moved = { ...mail, attachments: mail.attachments.map(move), reportParts: mail.reportParts.map(move) };
  return { moved, buffers };
}
