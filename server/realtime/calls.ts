import { z } from 'zod';
import { serverCommands, type CommandName } from '#lib/shared/commands.ts';
import type { Answer } from '#lib/shared/errors.ts';
import type { Actor } from '#server/database/actor.ts';
import { execute } from '#server/execute.ts';
import { reportUnexpected } from '#server/log.ts';

// Whatever a socket sends passes one of these first; what does not is dropped, since our own pages never send it.
export const look = z.object({ ticket: z.uuid().nullable() });
export const staffTyping = z.object({ ticket: z.uuid(), where: z.enum(['public', 'internal']).nullable() });
export const customerTyping = z.object({ isTyping: z.boolean() });
export const catchUp = z.object({ cursor: z.int().min(0) });

const call = z.object({ id: z.uuid(), name: z.string().max(60), input: z.unknown(), isFirst: z.boolean().optional() });

const customerCommands: ReadonlySet<string> = new Set<CommandName>([
  'message.post',
  'message.edit',
  'message.withdraw',
]);

/** Runs what a socket commands. Like any other door it answers refusals as they are, and the unexpected with its id in the log. */
export async function answerCommand(actor: Actor, value: unknown): Promise<Answer> {
  const parsed = call.safeParse(value);
  if (!parsed.success) return refuse('bad.input');
  const { id, name, input, isFirst = false } = parsed.data;
  if (serverCommands.has(name) || (actor.kind !== 'member' && !customerCommands.has(name))) return refuse('forbidden');
  try {
    return await execute(actor, { id, name, input, isFirst });
  } catch (error) {
    return refuse('unexpected', { id: reportUnexpected(error, { part: 'socket', command: name }) });
  }
}

export function refuse(code: string, detail: Record<string, unknown> = {}): Answer {
  return { ok: false, error: { code, detail } };
}
