import { randomUUID } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { fileBytes, refusedFileNames } from '#lib/shared/limits.ts';
import type { Act } from './act.ts';
import type { Copies } from './files/copies.ts';

/** The row for bytes that lie in the file home already (server/files.ts). Loose until a message takes it. */
export async function add(act: Act, input: Command<'file.add'>) {
  if (input.size > fileBytes) throw new AppError('file.tooLarge', { most: fileBytes });
  if (refusedFileNames.test(input.name)) throw new AppError('file.refused');
  const file = randomUUID();
  const isMember = act.actor.kind === 'member';
  const visibility = isMember ? input.visibility : 'public';
  const row = {
    id: file,
    workspaceId: act.actor.workspaceId,
    ticketId: input.ticket,
    visibility,
    name: input.name,
    mime: input.mime,
    size: input.size,
    sha256: input.sha256,
    storageKey: input.storageKey,
  };
  const uploader =
    act.actor.kind === 'member'
      ? { uploadedByMemberId: act.actor.memberId }
      : { uploadedByContactId: await customerOf(act) };
  await act.sql`insert into lotse.files ${act.sql({ ...row, ...uploader })}`;
  act.record({
    type: 'file.added',
    ticket: input.ticket,
    data: { file, message: null, visibility },
    ...(visibility === 'public' ? { customer: { file } } : {}),
  });
  return { file };
}

async function customerOf(act: Act): Promise<string> {
  const [row] = await act.sql<{ id: string | null }[]>`select private.customer() as id`;
  if (!row?.id) throw new AppError('forbidden');
  return row.id;
}

/** Files of a message once more, loose and internal, to be sent with other words. Their bytes were copied already (files/copies.ts). */
export async function copy(act: Act, { ticket, files }: Copies) {
  const copied = [];
  for (const { name, mime, ...stored } of files) {
    const { file: id } = await add(act, { ticket, visibility: 'internal', name, mime, ...stored });
    copied.push({ id, name, size: stored.size, type: mime });
  }
  return { files: copied };
}

/** What staff marks for the customer is visible to him; a file on a message follows the message. */
export async function show(act: Act, { file, visibility }: Command<'file.show'>) {
  const [changed] = await act.sql<{ ticketId: string }[]>`
    update lotse.files set visibility = ${visibility}
    where id = ${file} and visibility <> ${visibility}
    returning ticket_id
  `;
  if (!changed) return refuseUnlessShown(act, { file, visibility });
  act.record({
    type: 'file.shown',
    ticket: changed.ticketId,
    data: { file, message: null, visibility },
    customer: { file },
  });
}

/** What is as wished already succeeds quietly. */
async function refuseUnlessShown(act: Act, { file, visibility }: Command<'file.show'>): Promise<void> {
  const [seen] = await act.sql<{ visibility: string; messageId: string | null }[]>`
    select visibility, message_id from lotse.files where id = ${file}
  `;
  if (!seen) throw new AppError('file.notFound');
  if (seen.visibility !== visibility) throw new AppError('forbidden');
}

/** The row goes at once, the bytes with the next sweep. */
export async function remove(act: Act, { file }: Command<'file.remove'>) {
  const [removed] = await act.sql<{ ticketId: string; messageId: string | null; visibility: string }[]>`
    delete from lotse.files where id = ${file}
    returning ticket_id, message_id, visibility
  `;
  if (!removed) {
    const [seen] = await act.sql`select id from lotse.files where id = ${file}`;
    throw new AppError(seen ? 'forbidden' : 'file.notFound');
  }
  const { ticketId, messageId, visibility } = removed;
  act.record({
    type: 'file.removed',
    ticket: ticketId,
    data: { file, message: messageId, visibility },
    ...(visibility === 'public' ? { customer: { file } } : {}),
  });
}
