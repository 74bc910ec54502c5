import type postgres from 'postgres';
import { asActor, type Actor, type Tx } from '#server/database/actor.ts';
import { lane, type Sql } from '#server/database/pool.ts';
import { AppError, type Refusal } from '#lib/shared/errors.ts';
import { Fault } from '#lib/shared/faults.ts';
import { orFault } from '#server/database/fault.ts';
import { isCollision, refusalFrom } from '#server/database/refusal.ts';
import { ask } from '#server/database/transaction.ts';
import { wake } from '#server/database/wake.ts';
import { append, type EventDraft } from './events.ts';

/** A transaction that leaves events. Verbs get this, and nobody writes without it. */
export type Act = Tx & { record(event: EventDraft): void };

export type Done<T> = { seq: number; result: T };

type ActOptions = {
  /** Sent twice, done once: the stored answer is given again. */
  command?: { id: string; name: string };
};

const attempts = 3;

/**
 * Runs a verb: act and consequences in one transaction, its events appended at the end, the feeds woken after the commit.
 * @returns the verb's result and the seq that a screen must have passed to show it; 0 when nothing changed
 * @throws AppError for what was refused, Fault when it may be tried again later
 */
export function act<T>(actor: Actor, work: (act: Act) => Promise<T>, options: ActOptions = {}): Promise<Done<T>> {
  return inLane(actor, async () => {
    const { result, eventIds } = await once(actor, work, options);
    return { seq: await seqOf(actor, eventIds), result };
  });
}

/**
 * The same where one statement is the whole command and answers with its seq, 0 when nothing changed. Run twice it does it once,
 * and what the second is refused with holds for the first, which may have been left waiting in another pool.
 * @throws AppError for what was refused, Fault when it may be tried again later
 */
export async function actAtOnce(
  actor: Actor,
  command: { id: string; name: string },
  statement: (sql: Sql) => Promise<number>,
): Promise<Done<unknown>> {
  let runs = 0;
  try {
    return await inLane(actor, async () => {
      const seq = await ask((sql) => {
        runs++;
        return statement(sql);
      });
      if (seq > 0 && actor.workspaceId) wake(actor.workspaceId);
      return { seq, result: null };
    });
  } catch (error) {
    if (!(error instanceof AppError) || runs < 2) throw error;
    const { code, detail } = error;
    return keepRefusal(actor, { ...command, refusal: { code, detail } });
  }
}

/**
 * Lets a refusal stand for every attempt of the command: one that got stuck on its way must not be done when somebody was told
 * that it was refused. What another attempt was answered before stands instead.
 * @throws AppError for what was refused, Fault when it may be tried again later
 */
export function keepRefusal(actor: Actor, { id, name, refusal }: Refused): Promise<Done<unknown>> {
  return inLane(actor, async () => {
    const { result, eventIds } = answerOf(
      await asActor(actor, async ({ sql }) => {
        const [row] = await sql<{ standing: Stored }[]>`
          select private.refuse_command(${id}, ${name}, ${sql.json(refusal as postgres.JSONValue)}) as standing
        `;
        return row?.standing ?? { refused: refusal };
      }),
    );
    return { seq: await seqOf(actor, eventIds), result };
  });
}

type Refused = { id: string; name: string; refusal: Refusal };

/** When it is the workspace's turn; what met another transaction is tried again. */
function inLane<T>(actor: Actor, work: () => Promise<T>): Promise<T> {
  const turn = lane().run(actor.workspaceId ?? '', async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!isCollision(error)) throw refusalFrom(error);
        // Whoever meets others again and again may come back later.
        if (attempt === attempts) throw new Fault('busy', error);
      }
    }
  });
  return orFault(turn);
}

type Committed<T> = { result: T; eventIds: number[] };

function once<T>(actor: Actor, work: (act: Act) => Promise<T>, { command }: ActOptions): Promise<Committed<T>> {
  return asActor(
    actor,
    async (tx) => {
      const stored = command ? await openCommand(tx, command) : null;
      if (stored) return answerOf<T>(stored);
      const drafts: EventDraft[] = [];
      const result = await work({ ...tx, record: (event) => void drafts.push(event) });
      return { result, eventIds: await finish(tx, { drafts, command, result }) };
    },
    command ? { commandId: command.id } : {},
  );
}

async function seqOf(actor: Actor, eventIds: number[]): Promise<number> {
  if (eventIds.length === 0) return 0;
  if (actor.workspaceId) wake(actor.workspaceId);
  const reader = actor.kind === 'contact' || actor.kind === 'link' ? 'customer' : 'staff';
  const [row] = await ask(
    (sql) => sql<{ seq: number }[]>`select private.seq_of(${eventIds}::bigint[], ${reader}) as seq`,
  );
  return row?.seq ?? 0;
}

type Stored = { result: unknown; eventIds: number[] } | { refused: Refusal };

function answerOf<T>(stored: Stored): Committed<T> {
  if ('refused' in stored) throw new AppError(stored.refused.code, stored.refused.detail);
  return { result: stored.result as T, eventIds: stored.eventIds };
}

async function openCommand(tx: Tx, command: { id: string; name: string }): Promise<Stored | null> {
  const [row] = await tx.sql<{ stored: Stored | null }[]>`
    select private.open_command(${command.id}, ${command.name}) as stored
  `;
  return row?.stored ?? null;
}

type Finish = { drafts: EventDraft[]; command: { id: string } | undefined; result: unknown };

function finish(tx: Tx, { drafts, command, result }: Finish): Promise<number[]> {
  if (drafts.length === 0 && !command) return Promise.resolve([]);
  return tx.last((sql) =>
    append(sql, { drafts, command: command ? { id: command.id, result: result ?? null } : null }),
  );
}
