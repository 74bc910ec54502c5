import * as outgoing from '#server/domain/outgoing.ts';
import { log, reportUnexpected } from '#server/log.ts';
import { isInSentFolder } from './sent-folder.ts';

/**
 * A server had a whole mail and never said whether it took it. A quarter of an hour later a bounce, a copy in our ledger or one in the
 * account's folder of sent mail may tell; else it is sent once more with the same id, which most servers then show once.
 */
export async function lookIntoUnknown(): Promise<boolean> {
  const unsure = await outgoing.takeUnsure();
  for (const mail of unsure) {
    try {
      const arrived = mail.hasCopy || (await isInSentFolder(mail).catch((error: unknown) => unanswered(mail, error)));
      await outgoing.decideUnsure(mail, arrived);
      log.info({ part: 'mail', outgoingId: mail.id, arrived }, 'looked into a mail of unknown fate');
    } catch (error) {
      reportUnexpected(error, { part: 'mail', outgoingId: mail.id });
    }
  }
  return unsure.length > 0;
}

/** A mailbox that cannot be asked knows of no copy. */
function unanswered({ id }: outgoing.Unsure, error: unknown): false {
  reportUnexpected(error, { part: 'mail', outgoingId: id });
  return false;
}
