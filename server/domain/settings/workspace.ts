import { AppError } from '#lib/shared/errors.ts';
import type { Tx } from '#server/database/actor.ts';

export type WorkspaceSetting = {
  name: string;
  slug: string;
  accent: string;
  language: 'de' | 'en';
  senderName: string;
  mailsMessages: boolean;
  assignsGroups: boolean;
  undoSeconds: number;
};

export async function workspace({ sql }: Tx): Promise<WorkspaceSetting> {
  const [row] = await sql<
    WorkspaceSetting[]
  >`select name, slug, accent, language, sender_name, mails_messages, assigns_groups, undo_seconds
    from lotse.workspaces`;
  if (!row) throw new AppError('workspace.notFound');
  return row;
}
