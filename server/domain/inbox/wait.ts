import type { MailReason } from '#lib/shared/reasons.ts';
import type { Priority } from '#lib/shared/ticket.ts';
import type { Act } from '../act.ts';
import type { Meta } from '../mails/file.ts';
import type { StoredFile } from '../messages/receive.ts';
import { tell } from './tell.ts';

export type Waiting = Meta & {
  reason: MailReason;
  maybeTicketId: string | null;
  body: { html: string; text: string; quotedHtml: string };
  phone: string;
  language: 'de' | 'en';
  files: StoredFile[];
  /** What rules want its ticket to have. */
  tags?: string[];
  priority?: Priority;
};

/** The end of a mail's walk where a person decides. False when another worker was there first. */
export async function wait(act: Act, mailId: string, waiting: Waiting): Promise<boolean> {
  const { body, phone, language, files, tags = [], priority = 'normal', spent, ...row } = waiting;
  const done = await act.sql`
    update lotse.mails
    set
      ${act.sql({ ...row, spent: act.sql.json(spent ?? {}), state: 'waiting', decidedByMemberId: null, decidedAt: null })},
      asked_at = now(),
      ended_at = clock_timestamp()
    where id = ${mailId} and state in ('stored', 'parsed', 'threaded')
    returning id
  `;
  if (done.length === 0) return false;
  // Read before, and looked at again since.
  await act.sql`delete from lotse.mail_contents where mail_id = ${mailId}`;
  await act.sql`delete from lotse.mail_files where mail_id = ${mailId}`;
  const { workspaceId } = act.actor;
  const content = {
    bodyHtml: body.html,
    bodyText: body.text,
    quotedHtml: body.quotedHtml,
    phone,
    language,
    tags,
    priority,
  };
  await act.sql`insert into lotse.mail_contents ${act.sql({ workspaceId, mailId, ...content })}`;
  for (const file of files) await act.sql`insert into lotse.mail_files ${act.sql({ workspaceId, mailId, ...file })}`;
  await tell(act, { mail: mailId, type: 'mail.arrived' });
  return true;
}
