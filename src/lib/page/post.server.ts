import { z } from 'zod';
import { keep, mimeOf, nameOf } from '#lib/files/receive.server.ts';
import { AppError, type Refusal } from '#lib/shared/errors.ts';
import { bodyLength, filesPerMessage } from '#lib/shared/limits.ts';
import type { Holder } from '#server/domain/links.ts';
import { execute } from '#server/execute.ts';
import { commandOf, spent } from './door.server.ts';

/** Faster than anybody types, slower than a script. */
const posts = { limit: 20, windowSeconds: 60 };

const form = z.object({
  command: z.uuid(),
  text: z.string().max(bodyLength / 2),
  /** Sent ahead, while the customer still wrote. */
  ids: z.array(z.uuid()).max(filesPerMessage),
  /** With the form itself, where no script runs. */
  files: z.array(z.instanceof(File)).max(filesPerMessage),
});

/** A customer's words from the page's form. Null when they stand in the conversation now, else why not. */
export async function post(holder: Holder, data: FormData): Promise<Refusal | null> {
  if (await spent({ key: `pagePost:${holder.linkId}`, ...posts })) return { code: 'too.many', detail: {} };
  const parsed = form.safeParse({
    command: data.get('command'),
    text: data.get('text') ?? '',
    ids: data.getAll('file'),
    files: data.getAll('files').filter((each) => each instanceof File && each.size > 0),
  });
  if (!parsed.success) return { code: 'bad.input', detail: {} };
  const { command, text, ids, files } = parsed.data;
  try {
    const added = await addFiles(holder, command, files);
    const input = {
      ticket: holder.ticketId,
      kind: 'message',
      visibility: 'public',
      html: htmlOf(text),
      files: [...ids, ...added],
    };
    const answer = await execute(holder, { id: command, name: 'message.post', input });
    return answer.ok ? null : answer.error;
  } catch (problem) {
    if (problem instanceof AppError) return { code: problem.code, detail: problem.detail };
    throw problem;
  }
}

async function addFiles(holder: Holder, command: string, files: File[]): Promise<string[]> {
  const added: string[] = [];
  for (const [index, file] of files.entries()) {
    const [name, mime, id] = [nameOf(file.name), mimeOf(file.type), commandOf(command, index)];
    const answer = await keep(
      { actor: holder, ticket: holder.ticketId, name, mime, id },
      new Uint8Array(await file.arrayBuffer()),
    );
    if (!answer.ok) throw new AppError(answer.error.code, answer.error.detail);
    added.push(z.object({ file: z.uuid() }).parse(answer.result).file);
  }
  return added;
}

/** Typed lines as paragraphs; addresses become links. */
function htmlOf(text: string): string {
  return text
    .trim()
    .split(/\n\s*\n/)
    .filter(Boolean)
    .map((part) => `<p>${part.split(/\r?\n/).map(linked).join('<br>')}</p>`)
    .join('');
}

function linked(line: string): string {
  return line
    .split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/)
    .map((part, index) => (index % 2 ? `<a href="${escape(part)}">${escape(part)}</a>` : escape(part)))
    .join('');
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
