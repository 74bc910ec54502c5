import type { Command } from '#lib/shared/commands.ts';
import type { MailReason } from '#lib/shared/reasons.ts';
import type { Act } from '../act.ts';
import { tell } from './tell.ts';

/** For two minutes nobody else decides about it. Refused with `mail.taken` or `mail.decided`, which name who was faster. */
export async function take(act: Act, { mail }: Command<'mail.take'>) {
  const [taken] = await act.sql<{ isNew: boolean }[]>`select private.take_mail(${mail}) as is_new`;
  if (taken?.isNew) await tell(act, { mail, type: 'mail.taken' });
}

export async function letGo(act: Act, { mail }: Command<'mail.letGo'>) {
  const [row] = await act.sql<{ wasMine: boolean }[]>`select private.let_mail_go(${mail}) as was_mine`;
  if (row?.wasMine) await tell(act, { mail, type: 'mail.letGo' });
}

/** Read, and nothing to do: out of the inbox, and still found with its sender. */
export function archive(act: Act, { mail }: Command<'mail.archive'>) {
  return end(act, mail, { state: 'filed', reason: 'inbox.archived' });
}

export function ignore(act: Act, { mail }: Command<'mail.ignore'>) {
  return end(act, mail, { state: 'ignored', reason: 'inbox.ignored' });
}

export async function restore(act: Act, { mail }: Command<'mail.restore'>) {
  const [row] = await act.sql<{ isBack: boolean }[]>`select private.return_mail(${mail}) as is_back`;
  if (row?.isBack) await tell(act, { mail, type: 'mail.returned' });
}

type Decision = { state: 'filed' | 'ignored'; reason: MailReason; ticketId?: string; ticketMessageId?: string };

/** What was decided, by whom. The caller took the mail before, in the same transaction. */
export async function decide(act: Act, mail: string, decision: Decision): Promise<void> {
  const by = act.actor.kind === 'member' ? act.actor.memberId : null;
  await act.system(
    (sql) => sql`
    update lotse.mails set ${sql({ ...decision, decidedByMemberId: by })}, decided_at = now() where id = ${mail}
  `,
  );
  await tell(act, { mail, type: 'mail.decided', as: decision.reason });
}

async function end(act: Act, mail: string, decision: Decision): Promise<void> {
  await act.sql`select private.take_mail(${mail})`;
  await decide(act, mail, decision);
}
