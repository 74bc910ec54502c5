import type { z } from 'zod';
import { AppError, type Refusal } from '#lib/shared/errors.ts';

export type Form = Partial<Record<string, string>>;

// No field at the door is longer; a stranger's upload is not even read.
const mostBytes = 64 * 1024;

/** The text fields of a form at the door. */
export async function readForm(request: Request): Promise<Form> {
  if (!(Number(request.headers.get('content-length') ?? 0) <= mostBytes)) throw new AppError('too.large');
  const fields = [...(await whole(request).formData())];
  return Object.fromEntries(fields.filter((field): field is [string, string] => typeof field[1] === 'string'));
}

/** Counted on the way: a body that comes in chunks does not say before how long it is. */
function whole({ body, headers }: Request): Response {
  let bytes = 0;
  const counted = body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(part, controller) {
        bytes += part.length;
        if (bytes > mostBytes) throw new AppError('too.large');
        controller.enqueue(part);
      },
    }),
  );
  return new Response(counted ?? null, { headers: { 'content-type': headers.get('content-type') ?? '' } });
}

type Checked<T> = { data: T; refusal: null } | { data: null; refusal: Refusal };

/** What a schema says to a form: the data, or the code of the first field that is wrong. */
export function check<T>(schema: z.ZodType<T>, form: Form): Checked<T> {
  const parsed = schema.safeParse(form);
  if (parsed.success) return { data: parsed.data, refusal: null };
  return { data: null, refusal: { code: parsed.error.issues[0]?.message ?? 'bad.input', detail: {} } };
}
