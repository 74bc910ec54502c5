import { randomUUID } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { unknownIn, wordPlaceholders } from '#lib/shared/templates.ts';
import type { Tx } from '#server/database/actor.ts';
import type { Act } from './act.ts';
import { rooms } from './events.ts';
import { named } from './patch.ts';

export type TextBlock = {
  id: string;
  folder: string;
  name: string;
  de: string;
  en: string;
  /** Of the reader alone. */
  isMine: boolean;
};

const most = 1_000;

/** The team's and the reader's own, by folder and name. */
export function textBlocks({ sql }: Tx): Promise<TextBlock[]> {
  return sql<TextBlock[]>`
    select id, folder, name, body_de as de, body_en as en, member_id is not null as is_mine
    from lotse.text_blocks
    order by member_id is null, folder collate "de-x-icu", name collate "de-x-icu", id
    limit ${most}
  `;
}

export async function create(act: Act, { name, folder, de, en, isMine }: Command<'block.create'>) {
  if (act.actor.kind !== 'member') throw new AppError('forbidden');
  demandKnown(de, en);
  const block = randomUUID();
  const { workspaceId, memberId } = act.actor;
  await act.sql`
    insert into lotse.text_blocks (id, workspace_id, member_id, folder, name, body_de, body_en)
    values (${block}, ${workspaceId}, ${isMine ? memberId : null}, ${folder}, ${name}, ${de}, ${en})
  `;
  tell(act, block, isMine);
  return { block };
}

export async function change(act: Act, { block, name, folder, de, en }: Command<'block.change'>) {
  demandKnown(de ?? '', en ?? '');
  const row = named({ name, folder, bodyDe: de, bodyEn: en });
  if (Object.keys(row).length === 0) return;
  const [changed] = await act.sql<{ isMine: boolean }[]>`
    update lotse.text_blocks set ${act.sql(row)}, changed_at = now() where id = ${block}
    returning member_id is not null as is_mine
  `;
  if (!changed) throw await missing(act, block);
  tell(act, block, changed.isMine);
}

export async function remove(act: Act, { block }: Command<'block.delete'>) {
  const [removed] = await act.sql<{ isMine: boolean }[]>`
    delete from lotse.text_blocks where id = ${block} returning member_id is not null as is_mine
  `;
  if (!removed) throw await missing(act, block);
  tell(act, block, removed.isMine);
}

/** All blocks in a folder move with its name; into one that is there already, if no two of one name meet. */
export async function renameFolder(act: Act, { folder, name, isMine }: Command<'block.renameFolder'>) {
  const moved = await act.sql<{ id: string }[]>`
    update lotse.text_blocks set folder = ${name}, changed_at = now()
    where folder = ${folder} and (member_id is not null) = ${isMine} and folder <> ${name}
    returning id
  `;
  if (moved.length === 0) {
    const [there] = await act.sql`
      select from lotse.text_blocks where folder = ${folder} and (member_id is not null) = ${isMine} limit 1
    `;
    if (there && folder !== name) throw new AppError('forbidden');
    if (!there) throw new AppError('block.notFound');
    return;
  }
  for (const { id } of moved) tell(act, id, isMine);
}

/** A block may name what stands within a line. */
function demandKnown(...bodies: string[]): void {
  for (const body of bodies) {
    const placeholder = unknownIn(body, wordPlaceholders);
    if (placeholder !== null) throw new AppError('template.unknown', { placeholder });
  }
}

async function missing({ sql }: Act, block: string): Promise<AppError> {
  const [seen] = await sql`select from lotse.text_blocks where id = ${block}`;
  return new AppError(seen ? 'forbidden' : 'block.notFound');
}

function tell(act: Act, block: string, isMine: boolean): void {
  const { actor } = act;
  const audience = isMine && actor.kind === 'member' ? rooms.member(actor.memberId) : rooms.staff;
  act.record({ type: 'block.changed', data: { block }, audience: [audience] });
}
