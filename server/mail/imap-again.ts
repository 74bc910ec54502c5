import * as mails from '#server/domain/mails.ts';
import { bytesOf, type Reader } from './imap-fetch.ts';
import { uidValidityOf } from './imap-read.ts';

/** Mails that the server could not hand over and that somebody wants tried again; it breaks as often as the first time before it ends. */
export async function fetchAgain(reader: Reader): Promise<void> {
  const { account, lease, again } = reader;
  const place = { ...lease.held, workspaceId: account.workspaceId, uidValidity: uidValidityOf(reader) };
  for (const known of await mails.wantedAgain(place)) {
    let fetched: mails.Fetched | null = null;
    if (!again.isHopeless(known.uid)) {
      try {
        [fetched = null] = await bytesOf(reader, [known]);
      } catch (error) {
        again.brokeAt(known.uid);
        throw error;
      }
    }
    again.forget();
    await mails.storeAgain(place, known.uid, fetched);
    reader.onStored();
  }
}
