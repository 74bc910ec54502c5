import { z } from 'zod';
import type { Refusal } from '#lib/shared/errors.ts';

const stalledMs = 60_000;

const answer = z.union([
  z.object({ ok: z.literal(true), result: z.object({ file: z.uuid() }) }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string(), detail: z.record(z.string(), z.unknown()) }) }),
]);

type Upload = {
  address: string;
  file: File;
  /** The same id sent again does nothing again. */
  command: string;
  onprogress: (share: number) => void;
};

/** Sends one file; `fetch` cannot tell how far it got. Returns its id, or why it was refused; rejects when the line broke. */
export function upload({ address, file, command, onprogress }: Upload): {
  done: Promise<string | Refusal>;
  stop(): void;
} {
  const request = new XMLHttpRequest();
  const { promise, resolve, reject } = Promise.withResolvers<string | Refusal>();
  let stall = setTimeout(() => request.abort(), stalledMs);
  request.open('POST', address);
  request.setRequestHeader('content-type', 'application/octet-stream');
  request.setRequestHeader('x-file-name', encodeURIComponent(file.name.toWellFormed()));
  request.setRequestHeader('x-file-type', file.type || 'application/octet-stream');
  request.setRequestHeader('x-command-id', command);
  request.upload.onprogress = ({ loaded, total }) => {
    clearTimeout(stall);
    stall = setTimeout(() => request.abort(), stalledMs);
    onprogress(total ? loaded / total : 0);
  };
  request.onload = () => resolve(read(request));
  request.onerror = () => reject(new Error('network'));
  request.onabort = () => reject(new Error('stopped'));
  request.onloadend = () => clearTimeout(stall);
  request.send(file);
  return { done: promise, stop: () => request.abort() };
}

function read(request: XMLHttpRequest): string | Refusal {
  if (request.status === 413) return { code: 'file.tooLarge', detail: {} };
  try {
    const parsed = answer.parse(JSON.parse(request.responseText));
    return parsed.ok ? parsed.result.file : parsed.error;
  } catch {
    // A proxy's page where our answer should be.
    return { code: 'unexpected', detail: {} };
  }
}
