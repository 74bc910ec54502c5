/** The ledger of incoming mail: every mail that was ever handed to us, what was decided and why. */
export { accountFor, activeAccounts, receiverOf, type Account, type Receiver } from './mails/accounts.ts';
export {
  lease,
  leaseLeftMs,
  longestLeaseMs,
  reportFailure,
  reportSuccess,
  startFrom,
  type Cursor,
  type Lease,
} from './mails/lease.ts';
export { bytesOf, store, type Incoming } from './mails/store.ts';
export { fail, next, postpone, retry, type Head, type Queued } from './mails/queue.ts';
export { duplicateOf, file, ignore, type Filed, type Meta } from './mails/file.ts';
export { ticketOf, type ThreadTicket } from './mails/threads.ts';
export { markSettled, unsettled } from './mails/settle.ts';
