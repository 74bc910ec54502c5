import type { Card } from '#lib/shared/board.ts';
import type { Priority } from '#lib/shared/ticket.ts';

export type Light = 'red' | 'amber' | 'green' | 'off';

const hour = 3_600_000;

/** How long a customer may wait for the next answer before the light turns, by priority. Thresholds per type come with T13. */
export const waitingMs: Record<Priority, { amber: number; red: number }> = {
  urgent: { amber: hour / 2, red: hour },
  high: { amber: 2 * hour, red: 4 * hour },
  normal: { amber: 8 * hour, red: 24 * hour },
  low: { amber: 24 * hour, red: 72 * hour },
};

/** A due date turns amber this long before it comes, and red when it has passed. */
export const dueSoonMs = 4 * hour;

const order: Light[] = ['off', 'green', 'amber', 'red'];

/** The traffic light: the worse of the due date and of how long the customer waits. Off where nobody expects anything. */
export function lightOf(card: Card, now: number): Light {
  if (card.status === 'draft' || card.status === 'done' || card.deferred !== null) return 'off';
  const [byDue, byWaiting] = [lightOfDue(card.due, now), lightOfWaiting(card, now)];
  return order.indexOf(byDue) > order.indexOf(byWaiting) ? byDue : byWaiting;
}

function lightOfDue(due: string | null, now: number): Light {
  if (due === null) return 'off';
  const left = Date.parse(due) - now;
  if (left <= 0) return 'red';
  return left <= dueSoonMs ? 'amber' : 'green';
}

function lightOfWaiting({ waiting, priority }: Card, now: number): Light {
  if (waiting === null) return 'green';
  const waited = now - Date.parse(waiting);
  const { amber, red } = waitingMs[priority];
  if (waited >= red) return 'red';
  return waited >= amber ? 'amber' : 'green';
}
