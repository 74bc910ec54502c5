import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { fileBytes } from '#lib/shared/limits.ts';
import { asActor, type Actor } from '#server/database/actor.ts';
import * as files from '#server/files.ts';
import { refuseUnlessWriting } from '../conversation/file.ts';

export type Copies = { ticket: string; files: (files.Stored & { name: string; mime: string })[] };

type Source = { ticketId: string; files: { name: string; mime: string; storageKey: string }[] };

/**
 * The bytes of a message's files once more, each under a key of its own: what is removed here stays there. Rights first; what gets no row
 * afterwards is swept.
 */
export async function copiesOf(actor: Actor, { message }: Command<'file.copy'>): Promise<Copies> {
  if (actor.kind !== 'member') throw new AppError('forbidden');
  const source = await sourceOf(actor, message);
  const copies: Copies['files'] = [];
  for (const { name, mime, storageKey } of source.files)
    copies.push({ name, mime, ...(await files.put(await files.open(storageKey), { most: fileBytes })) });
  return { ticket: source.ticketId, files: copies };
}

function sourceOf(actor: Actor, message: string): Promise<Source> {
  return asActor(
    actor,
    async (tx) => {
      const [source] = await tx.sql<Source[]>`
        select m.ticket_id, coalesce(
          jsonb_agg(jsonb_build_object('name', f.name, 'mime', f.mime, 'storageKey', f.storage_key) order by f.created_at, f.id)
            filter (where f.id is not null),
          '[]'
        ) as files
        from lotse.messages m
        left join lotse.files f on f.message_id = m.id
        where m.id = ${message} and m.withdrawn_at is null
        group by m.ticket_id
      `;
      if (!source) throw new AppError('message.notFound');
      await refuseUnlessWriting(tx, source.ticketId);
      return source;
    },
    { readOnly: true },
  );
}
