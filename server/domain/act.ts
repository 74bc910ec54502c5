import { asActor, type Actor, type Tx } from '#server/database/actor.ts';
import { pool } from '#server/database/pool.ts';
import { isCollision, refusalFrom } from '#server/database/refusal.ts';
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
 * @throws AppError for what was refused
 */
export async function act<T>(actor: Actor, work: (act: Act) => Promise<T>, options: ActOptions = {}): Promise<Done<T>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(actor, work, options);
    } catch (error) {
      if (isCollision(error) && attempt < attempts) continue;
      throw refusalFrom(error);
    }
  }
}

async function once<T>(actor: Actor, work: (act: Act) => Promise<T>, { command }: ActOptions): Promise<Done<T>> {
  const { result, eventIds } = await asActor(
    actor,
    async (tx) => {
      const stored = command ? await openCommand(tx, command) : null;
      if (stored) return { result: stored.result as T, eventIds: stored.eventIds };
      const drafts: EventDraft[] = [];
      const result = await work({ ...tx, record: (event) => void drafts.push(event) });
      return { result, eventIds: await finish(tx, { drafts, command, result }) };
    },
    command ? { commandId: command.id } : {},
  );
  if (eventIds.length === 0) return { seq: 0, result };
  if (actor.workspaceId) wake(actor.workspaceId);
  const reader = actor.kind === 'contact' || actor.kind === 'link' ? 'customer' : 'staff';
  const [row] = await pool()<{ seq: number }[]>`select private.seq_of(${eventIds}::bigint[], ${reader}) as seq`;
  return { seq: row?.seq ?? 0, result };
}

type Stored = { result: unknown; eventIds: number[] };

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
