/** The ledger of incoming mail: every mail that was ever handed to us, what was decided and why. */
export {
  accountFor,
  activeAccounts,
  receiversOf,
  type Account,
  type Addressed,
  type Receiver,
} from './mails/accounts.ts';
export {
  lease,
  leaseLeftMs,
  leaseSeconds,
  longestLeaseMs,
  reportFailure,
  reportSuccess,
  startFrom,
  type Cursor,
  type Held,
  type Lease,
} from './mails/lease.ts';
export { endRenewal, takeRenewal } from './mails/tokens.ts';
export { bytesOf, store, storeFetched, storeSeen, type Delivered, type Fetched, type Place } from './mails/store.ts';
export {
  fail,
  failWith,
  giveBack,
  mostAttempts,
  next,
  postpone,
  retry,
  showOn,
  type Head,
  type Queued,
} from './mails/queue.ts';
export { storeAgain, wantedAgain } from './mails/again.ts';
export { duplicatesOf, file, ignore, type Filed, type Meta } from './mails/file.ts';
export { ticketOf, waiting, type ThreadTicket } from './mails/threads.ts';
export { markSettled, unsettled } from './mails/settle.ts';
export { noteReconciliation, unknownUids } from './mails/reconcile.ts';
export {
  accountTrust,
  mailRecord,
  reconciliations,
  type AccountTrust,
  type MailRecord,
  type Reconciliation,
} from './mails/trust.ts';
export { imapPasswordPurpose, refreshTokenPurpose, sealOldPasswords } from './mails/secrets.ts';
