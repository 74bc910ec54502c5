import { Fault, type FaultCode } from '#lib/shared/faults.ts';

/** SQLSTATEs and error codes of the system, by what they mean to somebody at a desk. */
const meanings: [FaultCode, RegExp][] = [
  // Class 08, an operator who shuts down or starts up, logins and databases that are being exchanged.
  ['database.away', /^(08...|57P0[1234]|28...|3D000)$/],
  ['database.away', /^(CONNECT(ION)?_(CLOSED|ENDED|DESTROYED|TIMEOUT)|CONNECT_TIMEOUT)$/],
  ['database.away', /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/],
  ['database.readOnly', /^(25006)$/],
  ['disk.full', /^(53100|ENOSPC|EDQUOT)$/],
  // Connections, memory and limits; statements and locks that took too long; no file handles left; the lane of the writers.
  ['busy', /^(53[0234]..|57014|57P05|55P03|25P0[34]|EMFILE|ENFILE|LANE_FULL)$/],
  ['files.away', /^(EROFS|EIO|EACCES|ESTALE)$/],
];

/** The error as trouble that passes, or null when it is something else. */
export function faultFrom(error: unknown): Fault | null {
  if (error instanceof Fault) return error;
  if (!(error instanceof Error)) return null;
  // The sign-in server's client, after its own tries.
  if (error.name === 'AuthRetryableFetchError') return new Fault('database.away', error);
  if (!('code' in error)) return null;
  const code = String(error.code);
  const meaning = meanings.find(([, codes]) => codes.test(code))?.[0];
  return meaning ? new Fault(meaning, error) : null;
}

/** For whatever waits for the database: its trouble rises as a Fault. */
export async function orFault<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw faultFrom(error) ?? error;
  }
}
