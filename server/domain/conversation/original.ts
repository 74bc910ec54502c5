import { AppError } from '#lib/shared/errors.ts';
import type { Tx } from '#server/database/actor.ts';
import { imageTrustOf } from '../images.ts';

export type Original = {
  html: string;
  /** The reader wants to see its sender's remote images, always. */
  isTrusted: boolean;
  /** Pictures that the mail shows in place, by Content-ID. */
  pictures: { contentId: string; mime: string; size: number; storageKey: string }[];
};

/** A mail as it came, with what it quotes, sanitised; for the frame. */
export async function originalOf(tx: Tx, messageId: string): Promise<Original> {
  const { sql } = tx;
  const [message] = await sql<{ bodyHtml: string; quotedHtml: string }[]>`
    select body_html, quoted_html
    from lotse.messages
    where id = ${messageId} and withdrawn_at is null
  `;
  if (!message) throw new AppError('message.notFound');
  const pictures = await sql<Original['pictures'][number][]>`
    select content_id, mime, size, storage_key
    from lotse.files
    where message_id = ${messageId} and content_id is not null
    order by created_at, id
    limit 40
  `;
  const isTrusted = (await imageTrustOf(tx, [messageId])).get(messageId)?.isTrusted ?? false;
  return { html: message.bodyHtml + message.quotedHtml, isTrusted, pictures };
}
