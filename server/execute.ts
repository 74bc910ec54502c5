import type { ZodSafeParseResult } from 'zod';
import { AppError, type Answer } from '#lib/shared/errors.ts';
import { Fault } from '#lib/shared/faults.ts';
import { commands, isCommandName, type Command, type CommandName } from '#lib/shared/commands.ts';
import type { Actor } from '#server/database/actor.ts';
import { act, keepRefusal } from './domain/act.ts';
import { reportUnexpected } from './log.ts';
import { verbs } from './verbs.ts';

export type Call = {
  /** A UUID made by the caller: the same id sent again does nothing again. */
  id: string;
  name: string;
  input: unknown;
  /** No other attempt of it can be under way: then nobody has to remember that it was refused. */
  isFirst?: boolean;
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The only way in for a write: parse, run the verb in one transaction, answer. Refusals are answers, and so is trouble that
 * passes, after which the same call may be made again; anything unexpected is thrown, for the door to report.
 */
export async function execute(actor: Actor, call: Call): Promise<Answer> {
  try {
    if (!isCommandName(call.name)) throw new AppError('command.unknown');
    if (!uuid.test(call.id)) throw new AppError('bad.input', { field: 'id' });
    const meant = { id: call.id, name: call.name, input: parse(call.name, call.input) };
    return await run(actor, meant).catch((error: unknown) => refuse(actor, call, error));
  } catch (error) {
    if (error instanceof AppError) return { ok: false, error: { code: error.code, detail: error.detail } };
    if (!(error instanceof Fault)) throw error;
    reportUnexpected(error, { part: 'command' });
    return { ok: false, error: { code: error.code, detail: { retryAfterSeconds: error.retryAfterSeconds } } };
  }
}

/** Where an earlier attempt may yet come through, the refusal is made to hold for it as well. */
async function refuse(actor: Actor, { id, name, isFirst = false }: Call, error: unknown): Promise<Answer> {
  if (!(error instanceof AppError) || isFirst || !actor.workspaceId) throw error;
  const { code, detail } = error;
  const { seq, result } = await keepRefusal(actor, { id, name, refusal: { code, detail } });
  return { ok: true, seq, result: result ?? null };
}

/** What is none at all is refused by every process alike: nothing has to stand for it. */
function parse<N extends CommandName>(name: N, input: unknown): Command<N> {
  // TypeScript cannot follow the schema through the index by name.
  const parsed = commands[name].safeParse(input) as ZodSafeParseResult<Command<N>>;
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError('bad.input', { field: issue?.path.join('.') ?? '', problem: issue?.code ?? '' });
}

async function run<N extends CommandName>(actor: Actor, { id, name, input }: Meant<N>): Promise<Answer> {
  const work = await verbs[name](input, actor);
  const { seq, result } = 'atOnce' in work ? await work.atOnce(id) : await act(actor, work, { command: { id, name } });
  return { ok: true, seq, result: result ?? null };
}

type Meant<N extends CommandName> = { id: string; name: N; input: Command<N> };
