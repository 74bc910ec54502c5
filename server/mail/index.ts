import { config } from '#server/config.ts';
import * as mails from '#server/domain/mails.ts';
import type { Part } from '#server/part.ts';
import { startChecks } from './checks.ts';
import { startIntake } from './intake.ts';
import { startMailboxes } from './mailboxes.ts';
import { startOutbox } from './outbox.ts';
import { stopParsing } from './parse.ts';
import { startSmtp } from './smtp.ts';
import { startOwnRules } from './own-rules.ts';
import { startTrials } from './trials.ts';

/** Mail in and out. Stopping finishes the mail under way and leaves the rest, which lies in the database, for the next start. */
export async function startMail(): Promise<Part & { smtpPort: number | null }> {
  const { smtpIn } = config();
  await mails.sealOldPasswords();
  const intake = startIntake();
  const smtp = smtpIn ? await startSmtp({ ...smtpIn, onStored: intake.poke }) : null;
  const mailboxes = startMailboxes(intake.poke);
  const outbox = startOutbox();
  const checks = startChecks({ onStored: intake.poke });
  const trials = startTrials();
  const ownRules = startOwnRules();
  return {
    smtpPort: smtp?.port ?? null,
    isReady: () => intake.isReady() && outbox.isReady(),
    async stop() {
      await smtp?.stop();
      await mailboxes.stop();
      await checks.stop();
      await intake.stop();
      await outbox.stop();
      await trials.stop();
      await ownRules.stop();
      await stopParsing();
    },
  };
}
