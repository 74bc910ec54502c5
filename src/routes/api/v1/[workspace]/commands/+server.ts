import { z } from 'zod';
import { serverCommands } from '#lib/shared/commands.ts';
import { Buckets } from '#lib/shared/bucket.ts';
import { AppError } from '#lib/shared/errors.ts';
import { Fault, isFault } from '#lib/shared/faults.ts';
import { actorFor } from '#server/auth/guard.ts';
import { execute } from '#server/execute.ts';
import { answer, readJson } from '../door.server.ts';
import type { RequestHandler } from './$types.js';

const call = z.object({ id: z.string().max(60), name: z.string().max(60), input: z.unknown() });

// As much as a socket may (server/realtime/staff.ts).
const pace = new Buckets({ burst: 60, perSecond: 20 });

/** A command where no socket is. The same id sent again is answered again and done once; a refusal is an answer too. */
export const POST: RequestHandler = (event) =>
  answer(event, async (member) => {
    if (!pace.take(member.id)) throw new AppError('too.many', { retryAfterSeconds: 1 });
    const parsed = call.safeParse(await readJson(event));
    if (!parsed.success) throw new AppError('bad.input', { field: 'call' });
    const { id, name, input } = parsed.data;
    if (serverCommands.has(name)) throw new AppError('forbidden');
    const answered = await execute(actorFor(member), { id, name, input });
    if (!answered.ok && isFault(answered.error.code)) throw new Fault(answered.error.code);
    return answered;
  });
