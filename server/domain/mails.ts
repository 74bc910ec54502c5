/** The ledger of incoming mail: every mail that was ever handed to us, what was decided and why. */
export { accountById, accountFor, activeAccounts, type Account } from './mails/accounts.ts';
export { lease, reportFailure, reportSuccess, startFrom, type Cursor, type Lease } from './mails/lease.ts';
export { bytesOf, store, type Incoming } from './mails/store.ts';
export { fail, markParsed, next, retry, type Queued } from './mails/queue.ts';
export { duplicateOf, file, ignore, type Filed } from './mails/file.ts';
export { ownAddresses, ticketOf, type ThreadTicket } from './mails/threads.ts';
export { markSettled, unsettled } from './mails/settle.ts';
