import { commandDays } from '#lib/shared/limits.ts';
import { asSystem } from '#server/database/actor.ts';

/** A mail that left can be read on the page for outgoing mail for this long; then only its row stays. */
const outgoingDays = 30;

/** Drops what is kept for a while only: answers of commands, counters of attempts, the bytes of mails that left. */
export async function tidy(): Promise<{ commands: number; attempts: number; mails: number }> {
  return asSystem(null, async ({ sql }) => {
    const commands = await sql`
      delete from lotse.commands where created_at < now() - make_interval(days => ${commandDays})
    `;
    const attempts = await sql`delete from lotse.attempts where window_start < now() - interval '1 day'`;
    const mails = await sql`
      update lotse.outgoing_mails set bytes = null, input = '{}'
      where sent_at < now() - make_interval(days => ${outgoingDays}) and bytes is not null
    `;
    return { commands: commands.count, attempts: attempts.count, mails: mails.count };
  });
}
