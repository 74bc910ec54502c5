import type { MessageVersion } from '#lib/shared/conversation.ts';
import type { Tx } from '#server/database/actor.ts';

/** What stood in a message before it was edited or withdrawn, newest first. For the team; a customer gets nothing. */
export function versionsOf({ sql }: Tx, messageId: string): Promise<MessageVersion[]> {
  return sql<MessageVersion[]>`
    select v.replaced_at as until, v.body_html as html
    from lotse.message_versions v
    where v.message_id = ${messageId}
    order by v.id desc
    limit 50
  `;
}
