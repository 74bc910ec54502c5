import type { FaultCode } from '#lib/shared/faults.ts';
import { faultFrom } from '#server/database/fault.ts';
import { longestStatementMs, pool, renewPool, silentMs } from '#server/database/pool.ts';
import { ask } from '#server/database/transaction.ts';
import { log, reportUnexpected } from '#server/log.ts';

type Trouble = FaultCode | null;

const beatMs = 1_000;
/** An answer that takes longer is one nobody at a screen waits for. */
const slowMs = 4_000;
/** Whoever has heard nothing for so long has a line that is dead, though nobody closed it: a statement would have been ended. */
const deadMs = longestStatementMs + 5_000;

/** Feels each second whether the database works, so that screens tell before anybody tries in vain. */
export class Pulse {
  trouble: Trouble = null;
  readonly #hears: ((trouble: Trouble) => void)[] = [];
  readonly #ask: () => Promise<{ readOnly: boolean }>;
  #timer: NodeJS.Timeout | undefined;
  #asking = false;

  constructor(ask = askDatabase) {
    this.#ask = ask;
  }

  onchange(hear: (trouble: Trouble) => void): void {
    this.#hears.push(hear);
  }

  start(): void {
    this.#timer = setInterval(() => void this.feel(), beatMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One question at a time: while it waits, slowness is told once and the next ones are left out. */
  async feel(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const late = setTimeout(() => this.#become(this.trouble ?? 'busy'), slowMs);
    try {
      this.#become((await this.#ask()).readOnly ? 'database.readOnly' : null);
    } catch (error) {
      const fault = faultFrom(error);
      reportUnexpected(fault ?? error, { part: 'pulse' });
      this.#become(fault?.code ?? 'database.away');
    } finally {
      clearTimeout(late);
      this.#asking = false;
    }
  }

  #become(trouble: Trouble): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    log.warn({ part: 'database', trouble }, trouble ? 'the database has trouble' : 'the database works again');
    for (const hear of this.#hears) hear(trouble);
  }
}

/**
 * Where nothing is heard at all, new lines are opened, and what waits is asked again over these. Who only waits long for a line to be free
 * hears of the others' answers meanwhile.
 */
async function askDatabase(): Promise<{ readOnly: boolean }> {
  const used = pool();
  const giveUp = () => {
    const leftMs = deadMs - silentMs();
    if (leftMs > 0) timer = setTimeout(giveUp, leftMs);
    else renewPool(used, longestStatementMs / 1000);
  };
  let timer = setTimeout(giveUp, deadMs);
  try {
    const [row] = await ask(
      (sql) => sql<{ readOnly: boolean }[]>`
        select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as read_only
      `,
    );
    return { readOnly: row?.readOnly ?? false };
  } finally {
    clearTimeout(timer);
  }
}
