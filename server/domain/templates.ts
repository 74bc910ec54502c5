import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { problemOf, type Occasion } from '#lib/shared/templates.ts';
import type { Tx } from '#server/database/actor.ts';
import type { Act } from './act.ts';
import { rooms } from './events.ts';
import { demandAdministrator } from './roles.ts';

export type Template = { occasion: Occasion; language: 'de' | 'en'; body: string };

/** The workspace's own templates; for what is missing the standard text is sent. */
export function templates({ sql }: Tx): Promise<Template[]> {
  return sql<Template[]>`select occasion, language, body from lotse.mail_templates limit 50`;
}

/** Throws `template.unknown`, `template.ownLine` or `template.needsText` with the placeholder that is wrong. */
export async function change(act: Act, { occasion, language, body }: Command<'template.change'>) {
  const problem = problemOf(occasion, body);
  if (problem) throw new AppError(problem.code, problem.detail);
  await demandAdministrator(act);
  const { actor } = act;
  const member = actor.kind === 'member' ? actor.memberId : null;
  const changed = await act.sql`
    insert into lotse.mail_templates (workspace_id, occasion, language, body, changed_by_member_id)
    values (${actor.workspaceId}, ${occasion}, ${language}, ${body}, ${member})
    on conflict (workspace_id, occasion, language) do update
    set body = excluded.body, changed_by_member_id = excluded.changed_by_member_id, changed_at = now()
    where lotse.mail_templates.body <> excluded.body
    returning occasion
  `;
  if (changed.length > 0) tell(act, { occasion, language });
}

/** Back to the standard text. */
export async function reset(act: Act, { occasion, language }: Command<'template.reset'>) {
  await demandAdministrator(act);
  const removed = await act.sql`
    delete from lotse.mail_templates where occasion = ${occasion} and language = ${language} returning occasion
  `;
  if (removed.length > 0) tell(act, { occasion, language });
}

function tell(act: Act, data: { occasion: string; language: string }): void {
  act.record({ type: 'template.changed', data, audience: [rooms.staff] });
}
