import type { Act } from '../act.ts';

/**
 * Headers alone do not stop every loop: one confirmation for a customer in ten minutes, five in a day, whatever he or his
 * machine sends and from whichever of his addresses. Counted where confirmations are queued, so no path goes around it.
 */
export async function hadEnoughConfirmations(act: Act, contact: string): Promise<boolean> {
  // Two mails at once: the second waits here and then counts the first one's.
  await act.sql`select pg_advisory_xact_lock(hashtextextended(${`confirmation:${contact}`}, 0))`;
  const [sent] = await act.sql<{ lately: number; today: number }[]>`
    select
      count(*) filter (where created_at > now() - interval '10 minutes')::int as lately,
      count(*)::int as today
    from lotse.outgoing_mails
    where workspace_id = ${act.actor.workspaceId}
      and kind = 'confirmation'
      and contact_id = ${contact}
      and created_at > now() - interval '1 day'
  `;
  return (sent?.lately ?? 0) >= 1 || (sent?.today ?? 0) >= 5;
}
