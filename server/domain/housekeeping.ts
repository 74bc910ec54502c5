import { commandDays } from '#lib/shared/limits.ts';
import { asSystem } from '#server/database/actor.ts';
import * as attempts from './attempts.ts';
import { runDays } from './filters/runs.ts';

/** A mail that left, or never will, can be read on the page for outgoing mail for this long; then only its row stays. */
const outgoingDays = 30;

/** Drops what is kept for a while only: answers of commands, counters of attempts, the bytes of mails that left, what people's rules did. */
export async function tidy(): Promise<{ commands: number; mails: number; runs: number }> {
  return asSystem(null, async ({ sql }) => {
    const commands = await sql`
      delete from lotse.commands where created_at < now() - make_interval(days => ${commandDays})
    `;
    await attempts.sweep(sql);
    const mails = await sql`
      update lotse.outgoing_mails set bytes = null, input = '{}'
      where coalesce(sent_at, created_at) < now() - make_interval(days => ${outgoingDays})
        and state not in ('queued', 'sending')
        and (bytes is not null or input <> '{}')
    `;
    const runs = await sql`
      delete from lotse.filter_runs where state <> 'asked' and created_at < now() - make_interval(days => ${runDays})
    `;
    return { commands: commands.count, mails: mails.count, runs: runs.count };
  });
}
