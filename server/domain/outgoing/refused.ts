import { asSystem } from '#server/database/actor.ts';
import { act as perform } from '../act.ts';
import { rooms } from '../events.ts';

/** So long nothing is tried: a password that is wrong and tried on locks the account at its provider. */
const restMinutes = 60;

type Account = { workspaceId: string; accountId: string };

/** The server of an account does not let us in. Its mails wait; once an hour one of them asks again, and at once when the settings change. */
export async function refused({ workspaceId, accountId, error }: Account & { error: string }): Promise<void> {
  await perform({ kind: 'system', workspaceId }, async (act) => {
    const rests = await act.sql`
      update lotse.mail_accounts
      set smtp_error = ${error.slice(0, 500)}, smtp_rests_until = now() + make_interval(mins => ${restMinutes})
      where id = ${accountId} and (smtp_error = '' or smtp_rests_until <= now())
      returning id
    `;
    if (rests.length === 0) return;
    act.record({
      type: 'account.changed',
      data: { account: accountId, fields: ['smtpError'] },
      audience: [rooms.moderators],
    });
  });
}

export async function letIn({ workspaceId, accountId }: Account): Promise<void> {
  await asSystem(
    workspaceId,
    ({ sql }) => sql`update lotse.mail_accounts set smtp_error = '' where id = ${accountId} and smtp_error <> ''`,
  );
}
