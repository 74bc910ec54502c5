import { AppError } from '#lib/shared/errors.ts';
import { asMember, asSystem, type Actor } from '#server/database/actor.ts';
import { ask } from '#server/database/transaction.ts';
import { act } from './act.ts';

type Member = { workspaceId: string; memberId: string };
type Document = { workspaceId: string; ticketId: string; generation: number };

/** Processes tell each other of new updates here: `<ticket> <generation> <seq>`. */
export const channel = 'lotse_notes';

export type NoteRights = { sees: boolean; mayWork: boolean; generation: number };

/** What a member may do with the notes of a ticket, and which generation of them is the present one. */
export async function rightsTo(member: Member, ticketId: string): Promise<NoteRights> {
  const [row] = await asMember(
    member,
    ({ sql }) => sql<NoteRights[]>`
      select
        exists (select from lotse.tickets where id = ${ticketId}) as sees,
        private.may_work(${ticketId}) as may_work,
        coalesce((select generation from lotse.notes where ticket_id = ${ticketId}), 1) as generation
    `,
    { readOnly: true },
  );
  return row ?? { sees: false, mayWork: false, generation: 0 };
}

export type Stored = { seq: number; updates: Uint8Array[]; startsWithSnapshot: boolean };

/** Everything after `seq`; from the snapshot on where the updates were folded into it meanwhile. */
export async function updatesAfter({ workspaceId, ticketId, generation }: Document, seq: number): Promise<Stored> {
  return asSystem(
    workspaceId,
    async ({ sql }) => {
      const [note] = await sql<{ snapshot: Buffer; snapshotSeq: number }[]>`
        select case when snapshot_seq > ${seq} then snapshot else '' end as snapshot, snapshot_seq
        from lotse.notes
        where ticket_id = ${ticketId} and generation = ${generation}
      `;
      const from = Math.max(seq, note?.snapshotSeq ?? 0);
      const rows = await sql<{ seq: number; bytes: Buffer }[]>`
        select seq, bytes
        from lotse.note_updates
        where ticket_id = ${ticketId} and generation = ${generation} and seq > ${from}
        order by seq
      `;
      const snapshot = note && note.snapshot.length > 0 ? [note.snapshot] : [];
      return {
        seq: rows.at(-1)?.seq ?? from,
        updates: [...snapshot, ...rows.map((row) => row.bytes)],
        startsWithSnapshot: snapshot.length > 0,
      };
    },
    { readOnly: true, repeatable: true },
  );
}

/** How far each of these notes is, by `<ticket> <generation>`. */
export async function lastSeqs(ticketIds: string[]): Promise<Map<string, number>> {
  const rows = await asSystem(
    null,
    ({ sql }) => sql<{ ticketId: string; generation: number; lastSeq: number }[]>`
      select ticket_id, generation, last_seq from lotse.notes where ticket_id = any (${ticketIds}::uuid[])
    `,
    { readOnly: true },
  );
  return new Map(rows.map(({ ticketId, generation, lastSeq }) => [`${ticketId} ${generation}`, lastSeq]));
}

type Append = Document & {
  memberId: string;
  bytes: Uint8Array;
  /** Write into the history that this member edited the notes. */
  tell: boolean;
};

/** Appends an update as its author, whose right to work is checked with it. Returns its seq. */
export async function append({ workspaceId, ticketId, generation, memberId, bytes, tell }: Append): Promise<number> {
  const actor: Actor = { kind: 'member', workspaceId, memberId };
  const { result } = await act(actor, async ({ sql, record }) => {
    const [row] = await sql<{ seq: number }[]>`
      select private.append_note(${ticketId}, ${generation}, ${Buffer.from(bytes)}) as seq
    `;
    if (!row) throw new AppError('ticket.notFound');
    if (tell) record({ type: 'note.edited', ticket: ticketId, data: {} });
    return row.seq;
  });
  wakeOthers(`${ticketId} ${generation} ${result}`);
  return result;
}

/** Nobody waits for it: what is stored is stored, and a line that is dead would hold up all who type. */
function wakeOthers(word: string): void {
  ask((sql) => sql`select pg_notify(${channel}, ${word})`).catch(() => {
    // The database is away; whoever has the notes open elsewhere looks for himself every few seconds.
  });
}

/** Folds everything up to `seq` into the snapshot, unless somebody appended meanwhile. */
export async function compact(
  { workspaceId, ticketId, generation }: Document,
  { seq, snapshot }: { seq: number; snapshot: Uint8Array },
): Promise<boolean> {
  const { result } = await act({ kind: 'system', workspaceId }, async ({ sql }) => {
    const folded = await sql`
      update lotse.notes
      set snapshot = ${Buffer.from(snapshot)}, snapshot_seq = ${seq}
      where ticket_id = ${ticketId} and generation = ${generation} and last_seq = ${seq} and snapshot_seq < ${seq}
      returning ticket_id
    `;
    if (folded.length === 0) return false;
    await sql`
      delete from lotse.note_updates
      where ticket_id = ${ticketId} and generation = ${generation} and seq <= ${seq}
    `;
    return true;
  });
  return result;
}
