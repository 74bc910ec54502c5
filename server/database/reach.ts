import { anew, pool } from './pool.ts';

/** Twice what a statement may take: a pool that is only full has answered by then. */
const hungAfterMs = 60_000;

type Questions = {
  /** Whether the database answers through this process's pool. */
  works(): Promise<boolean>;
  /** Whether it answers over a line made for this. */
  worksAnew(): Promise<boolean>;
  hungAfterMs: number;
};

/** How the database is reached from here, for /readyz. Asked every other second, it has one question of each kind under way. */
export class Reach {
  readonly #questions: Questions;
  #works: Promise<boolean> | null = null;
  #worksAnew: Promise<boolean> | null = null;
  #silentSince: number | null = null;

  constructor(questions: Questions = { works, worksAnew, hungAfterMs }) {
    this.#questions = questions;
  }

  isReady(): Promise<boolean> {
    this.#silentSince ??= performance.now();
    this.#works ??= this.#questions
      .works()
      .then((answered) => {
        if (answered) this.#silentSince = null;
        return answered;
      })
      .finally(() => (this.#works = null));
    return this.#works;
  }

  /** The database works, but not for this process, and has not for long: whoever comes is better off with another one. */
  async isHung(): Promise<boolean> {
    if (this.#silentSince === null || performance.now() - this.#silentSince < this.#questions.hungAfterMs) return false;
    this.#worksAnew ??= this.#questions.worksAnew().finally(() => (this.#worksAnew = null));
    return this.#worksAnew;
  }
}

async function works(): Promise<boolean> {
  return (await pool()`select 1`).length === 1;
}

async function worksAnew(): Promise<boolean> {
  const sql = anew();
  try {
    return (await sql`select 1`).length === 1;
  } finally {
    await sql.end({ timeout: 0 });
  }
}
