import type { CheckStep } from '#lib/shared/checks.ts';
import type { Act } from '../act.ts';
import { rooms } from '../events.ts';

/** To the screens of those who look at the account; `waits` is news without a step. */
export function tell(
  act: Act,
  { id, accountId }: { id: string; accountId: string },
  step: CheckStep | 'waits' | 'failed',
) {
  act.record({
    type: 'account.checked',
    data: { account: accountId, check: id, step },
    audience: [rooms.moderators],
  });
}
