import type { Act } from '../act.ts';
import { rooms } from '../events.ts';

type Heard = 'mail.arrived' | 'mail.taken' | 'mail.letGo' | 'mail.decided' | 'mail.returned';

type News = {
  mail: string;
  type: Heard;
  /** The reason's code, where something was decided. */
  as?: string;
};

/** To whoever may look into the inbox that the mail lies in: what happened, in ids. */
export async function tell(act: Act, { mail, type, as = '' }: News): Promise<void> {
  const [account] = await act.system(
    (sql) => sql<{ poolId: string }[]>`
    select a.pool_id from lotse.mails m join lotse.mail_accounts a on a.id = m.account_id where m.id = ${mail}
  `,
  );
  if (!account) return;
  act.record({ type, data: { mail, as }, audience: [rooms.pool(account.poolId), rooms.moderators] });
}
