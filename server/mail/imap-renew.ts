import * as mails from '#server/domain/mails.ts';
import { log } from '#server/log.ts';

const usualMs = (mails.leaseSeconds * 1_000) / 3;

/**
 * Keeps the lease while a mailbox is read. One mail may take longer than a lease lasts: of several processes each would then begin
 * it anew where the one before had lost it, and none would ever have it.
 */
export async function whileRenewed(lease: mails.Lease, work: () => Promise<void>, everyMs = usualMs): Promise<void> {
  const timer = setInterval(() => {
    // Whoever lost it hears so from what he stores.
    lease.renew().catch((error: unknown) => log.warn({ part: 'mail', err: error }, 'a lease could not be renewed'));
  }, everyMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}
