import { z } from 'zod';
import { AppError, type Answer } from '#lib/shared/errors.ts';
import { fileBytes, refusedFileNames } from '#lib/shared/limits.ts';
import { asActor, type Actor } from '#server/database/actor.ts';
import { faultFrom } from '#server/database/fault.ts';
import { refuseUnlessWriting } from '#server/domain/conversation/file.ts';
import { execute } from '#server/execute.ts';
import { put, remove } from '#server/files.ts';
import { reportUnexpected } from '#server/log.ts';

/**
 * One upload is one request: the bytes are its body, the rest stands in headers. A page of somebody else's cannot set them
 * without asking first, which we do not answer.
 */
const headers = z.object({
  'x-file-name': z
    .string()
    .max(3000)
    .transform((text, context) => {
      try {
        return nameOf(decodeURIComponent(text));
      } catch {
        context.addIssue({ code: 'custom', message: 'not percent-encoded' });
        return z.NEVER;
      }
    }),
  'x-file-type': z.string().max(200).optional(),
  'x-command-id': z.uuid(),
});

type Upload = { request: Request; actor: Actor; ticket: string };

/** Takes an upload from the network to its row. Refusals are answers. */
export async function receive({ request, actor, ticket }: Upload): Promise<Answer> {
  const parsed = headers.safeParse(Object.fromEntries(request.headers));
  if (!parsed.success) return refused(new AppError('bad.input'));
  const { 'x-file-name': name, 'x-file-type': type, 'x-command-id': id } = parsed.data;
  if (Number(request.headers.get('content-length') ?? 0) > fileBytes) return refused(new AppError('file.tooLarge'));
  try {
    return await keep({ actor, ticket, name, mime: mimeOf(type), id }, request.body ?? empty());
  } catch (error) {
    if (error instanceof AppError) return refused(error);
    const fault = faultFrom(error);
    if (!fault) throw error;
    reportUnexpected(fault, { part: 'upload' });
    return refused(new AppError(fault.code, { retryAfterSeconds: fault.retryAfterSeconds }));
  }
}

type Kept = { actor: Actor; ticket: string; name: string; mime: string; id: string };

/** Rights first, bytes second, the row last; bytes whose row was refused do not stay. */
export async function keep(
  { actor, ticket, name, mime, id }: Kept,
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<Answer> {
  if (refusedFileNames.test(name)) throw new AppError('file.refused');
  await asActor(actor, (tx) => refuseUnlessWriting(tx, ticket), { readOnly: true });
  const stored = await put(bytes, { most: fileBytes });
  if (stored.size === 0) {
    await remove(stored.storageKey);
    throw new AppError('file.empty');
  }
  // Internal until the message that takes it says otherwise; a customer's is public by the verb.
  const input = { ticket, visibility: 'internal', name, mime, ...stored };
  const answer = await execute(actor, { id, name: 'file.add', input });
  if (!answer.ok) await remove(stored.storageKey);
  return answer;
}

/** The last part of a path, without what could hide what it is (U+202E turns "gpj.exe" round). */
export function nameOf(path: string): string {
  const name = (path.toWellFormed().normalize('NFC').split(/[\\/]/).at(-1) ?? '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim();
  if (name.length <= 200) return name || 'file';
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= 12 ? name.slice(dot) : '';
  return name.slice(0, 200 - ending.length) + ending;
}

export function mimeOf(type: string | undefined): string {
  const mime = (type ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return mime.length <= 120 && /^[\w.+-]+\/[\w.+-]+$/.test(mime) ? mime : 'application/octet-stream';
}

function refused({ code, detail }: AppError): Answer {
  return { ok: false, error: { code, detail } };
}

async function* empty(): AsyncIterable<Uint8Array> {}
