import { AppError } from '#lib/shared/errors.ts';
import { isEnded, type Status } from '#lib/shared/ticket.ts';
import type { Tx } from '#server/database/actor.ts';

export type ServedFile = { id: string; name: string; mime: string; size: number; storageKey: string };

/** A file that the reader may see now; hidden and missing look alike. */
export async function fileOf({ sql }: Tx, id: string): Promise<ServedFile> {
  const [file] = await sql<ServedFile[]>`
    select f.id, f.name, f.mime, f.size, f.storage_key
    from lotse.files f
    left join lotse.messages m on m.id = f.message_id
    where f.id = ${id} and m.withdrawn_at is null
  `;
  if (!file) throw new AppError('file.notFound');
  return file;
}

/** Asked before an upload is read: whoever would be refused afterwards must not fill the disk first. */
export async function refuseUnlessWriting({ sql, actor }: Tx, ticketId: string): Promise<void> {
  const [ticket] = await sql<{ status: Status; mayWork: boolean }[]>`
    select status, ${actor.kind === 'member' ? sql`private.may_work(id)` : sql`true`} as may_work
    from lotse.tickets
    where id = ${ticketId}
  `;
  if (!ticket) throw new AppError('ticket.notFound');
  if (!ticket.mayWork) throw new AppError('ticket.forbidden');
  if (actor.kind !== 'member' && isEnded(ticket.status)) throw new AppError('ticket.closed');
}
