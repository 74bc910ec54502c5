/**
 * Trouble that is nobody's fault and passes by itself: the same request may be sent again later, commands with the same id.
 * Beside each code the seconds after which asking again makes sense. Sentences: messages `faults_*`.
 */
const waits = {
  /** The database restarts, or the line to it is cut. */
  'database.away': 2,
  /** It answers too late: overloaded, out of connections, a lock held. */
  busy: 3,
  /** It takes no writes: a standby, or set so for maintenance. */
  'database.readOnly': 10,
  'disk.full': 30,
  /** Where files lie cannot be reached or written. */
  'files.away': 10,
} as const;

export type FaultCode = keyof typeof waits;

export function isFault(code: string): code is FaultCode {
  return Object.hasOwn(waits, code);
}

/** Not an AppError: whoever judges what a person did must not take the machine's trouble for it. */
export class Fault extends Error {
  override name = 'Fault';
  readonly code: FaultCode;

  constructor(code: FaultCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }

  get retryAfterSeconds(): number {
    return waits[this.code];
  }
}

/** What is told to whoever asked while it lasts; he may ask again after `retryAfterSeconds`. */
export type Trouble = { code: FaultCode | null };
