import { z } from 'zod';
import { serverCommands } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { actorFor } from '#server/auth/guard.ts';
import { execute } from '#server/execute.ts';
import { answer, readJson } from '../door.server.ts';
import type { RequestHandler } from './$types.js';

const call = z.object({ id: z.string().max(60), name: z.string().max(60), input: z.unknown() });

/** A command where no socket is. The same id sent again is answered again and done once; a refusal is an answer too. */
export const POST: RequestHandler = (event) =>
  answer(event, async (member) => {
    const parsed = call.safeParse(await readJson(event));
    if (!parsed.success) throw new AppError('bad.input', { field: 'call' });
    const { id, name, input } = parsed.data;
    if (serverCommands.has(name)) throw new AppError('forbidden');
    return execute(actorFor(member), { id, name, input });
  });
