import type { CheckFailure } from '#lib/shared/checks.ts';
import type { Act } from '../act.ts';
import { fail } from './arrival.ts';
import { tell } from './tell.ts';

export type Tried = {
  step: 'first' | 'answer';
  state: string;
  response: string;
  trouble: 'connection' | 'certificate' | 'password' | 'refused' | null;
};

/** How a try to send a mail of a check ended, in the transaction that records it. */
export async function sent(act: Act, id: string, { step, state, response, trouble }: Tried): Promise<void> {
  if (state === 'queued') return note(act, id, response);
  if (state === 'held') return fail(act, id, { failure: 'send.noServer' });
  if (state === 'failed') return fail(act, id, { failure: failureOf(step, trouble), response });
  // `unknown` may have arrived: whether it did will be seen.
  if (state !== 'sent' && state !== 'unknown') return;
  const column = act.sql(step === 'first' ? 'sentAt' : 'answeredAt');
  const [check] = await act.sql<{ id: string; accountId: string }[]>`
    update lotse.account_checks set ${column} = now(), response = '', next_look_at = now()
    where id = ${id} and state = 'running' and ${column} is null
    returning id, account_id
  `;
  if (check) tell(act, check, step === 'first' ? 'sent' : 'answered');
}

function failureOf(step: Tried['step'], trouble: Tried['trouble']): CheckFailure {
  if (step === 'answer' && (trouble === 'refused' || trouble === null)) return 'answer.refused';
  return `send.${trouble ?? 'refused'}`;
}

/** The server asks for patience. */
async function note(act: Act, id: string, response: string): Promise<void> {
  const [check] = await act.sql<{ id: string; accountId: string }[]>`
    update lotse.account_checks set response = ${response.slice(0, 1000)}
    where id = ${id} and state = 'running' and response <> ${response.slice(0, 1000)}
    returning id, account_id
  `;
  if (check) tell(act, check, 'waits');
}
