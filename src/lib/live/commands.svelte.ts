/* eslint-disable svelte/prefer-svelte-reactivity -- bookkeeping that no template reads */
import type { CommandInput, CommandName } from '#lib/shared/commands.ts';
import type { Answer, Refusal } from '#lib/shared/errors.ts';
import { isFault } from '#lib/shared/faults.ts';
import type { Guess } from './overlay.ts';
import { Pace } from './pace.ts';
import { Unsent, type Call, type Shelf, type Transport } from './queue.ts';

export type SendOptions = {
  /** Shown at once; taken back when the command is refused. Needs `ticket` in the input. */
  guess?: Guess;
  /** Who calls says himself what went wrong; otherwise the page does. Asked when it has, where he may be gone by then. */
  quiet?: boolean | (() => boolean);
  /** Called when it is refused, before its guess is taken back. */
  refused?: (refusal: Refusal) => void;
  /** One of many at once: it leaves room for what is done beside them. */
  batch?: boolean;
};

type Waiting = {
  call: Call;
  options: SendOptions;
  pace: Pace;
  /** It left once, and nobody knows how far it came. */
  wasSent: boolean;
  finish: (answer: Answer) => void;
};

type Ears = {
  /** A guess begins, or ends: with the seq that shows it, or null when it was refused. */
  onguess: (command: string, ticket: string, guess: Guess) => void;
  onsettled: (call: Call, seq: number | null) => void;
  onrefused: (call: Call, refusal: Refusal) => void;
};

const attempts = 4;
const pauseMs = [0, 1_000, 4_000, 10_000];
/** While the server has trouble it is asked again, by whoever waits: more and more seldom, and not all at once. */
const longestWaitMs = 30_000;
/** A connection that comes back is heard of, but one may be open over which nothing arrives. */
const awaySeconds = 2;

/**
 * Every write of this browser. Nothing is lost silently: what cannot be sent is kept, shown and sent again with the same
 * id; what is refused says so. Commands on one ticket go out one after the other, others do not wait for them.
 */
export class CommandQueue {
  /** Not yet done because the server is away, or has trouble. */
  unsent = $state.raw<Call[]>([]);
  /** What the server said when it could not: a code of faults.ts, or `too.many`. */
  trouble = $state<string | null>(null);
  #waits = 0;
  #isWaiting = false;
  #waiting: Waiting[] = [];
  #busy = new Set<string>();
  #transport: Transport;
  #shelf: Shelf;
  #ears: Ears;
  #pause: (ms: number) => Promise<void>;
  // Together what a server takes from one socket: a burst of 60, then 20 each second.
  #single = new Pace({ burst: 20, perSecond: 5 });
  #batch = new Pace({ burst: 40, perSecond: 15 });

  constructor(
    { transport, shelf, pause = rest }: { transport: Transport; shelf: Shelf; pause?: (ms: number) => Promise<void> },
    ears: Ears,
  ) {
    this.#transport = transport;
    this.#shelf = shelf;
    this.#pause = pause;
    this.#ears = ears;
  }

  /** Something is not done yet, if only because it waits for its turn. */
  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves when the server has answered, however long that takes. Never rejects. */
  send<N extends CommandName>(name: N, input: CommandInput<N>, options: SendOptions = {}): Promise<Answer> {
    const call: Call = { id: crypto.randomUUID(), name, input, at: new Date().toISOString() };
    const ticket = ticketOf(input);
    if (options.guess && ticket) this.#ears.onguess(call.id, ticket, options.guess);
    return this.#take(call, { options, wasSent: false });
  }

  /** The server is back, or somebody asks to try again. */
  retry(): void {
    for (const waiting of this.#waiting) {
      waiting.pace = this.#batch;
      void this.#run(waiting);
    }
  }

  /** Sends what a closed tab left behind. What the server would no longer know as done already is refused in view. */
  resume(): void {
    const known = new Set(this.#waiting.map(({ call }) => call.id));
    for (const call of this.#shelf.left())
      if (!known.has(call.id)) void this.#take(call, { options: { batch: true }, wasSent: true });
    for (const call of this.#shelf.takeOld()) this.#ears.onrefused(call, { code: 'command.tooOld', detail: {} });
  }

  #take(call: Call, { options, wasSent }: Pick<Waiting, 'options' | 'wasSent'>): Promise<Answer> {
    this.#shelf.put(call, { isTakenUp: wasSent });
    return new Promise((resolve) => {
      const pace = options.batch ? this.#batch : this.#single;
      const waiting = { call, options, pace, wasSent, finish: resolve };
      this.#waiting.push(waiting);
      void this.#run(waiting);
    });
  }

  async #run(waiting: Waiting): Promise<void> {
    const { call, options } = waiting;
    if (this.#busy.has(call.id) || !this.#isNext(waiting)) return;
    this.#busy.add(call.id);
    const answer = await this.#try(waiting);
    this.#busy.delete(call.id);
    if (!answer) return this.#keep(call, awaySeconds);
    const wait = waitOf(answer);
    if (wait !== null) return this.#keep(call, wait);
    this.#waiting = this.#waiting.filter((each) => each !== waiting);
    this.#shelf.remove(call.id);
    this.unsent = this.unsent.filter((each) => each.id !== call.id);
    this.trouble = null;
    this.#waits = 0;
    if (!answer.ok) options.refused?.(answer.error);
    this.#ears.onsettled(call, answer.ok ? answer.seq : null);
    if (!answer.ok && !isQuiet(options)) this.#ears.onrefused(call, answer.error);
    waiting.finish(answer);
    const next = this.#waiting.find((each) => ticketOf(each.call.input) === ticketOf(call.input));
    if (next) void this.#run(next);
  }

  /** The answer, or null while the server is away. A server that fails again and again becomes a refusal. */
  async #try(waiting: Waiting): Promise<Answer | null> {
    const { call, pace } = waiting;
    let refused: Answer | undefined;
    for (let attempt = 0; attempt < attempts; attempt++) {
      await this.#pause((pauseMs[attempt] ?? 0) + pace.take());
      try {
        const isFirst = !waiting.wasSent;
        waiting.wasSent = true;
        const answer = await this.#transport(call, isFirst);
        if (waitOf(answer) !== null && !answer.ok) this.trouble = answer.error.code;
        // Another tab of the same person, or a hurry: that is a matter of waiting.
        const isHurry = !answer.ok && answer.error.code === 'too.many';
        // A tab opened meanwhile sends it too, and may have it done: what is refused now is to hold for both.
        const isShared = !answer.ok && isFirst && this.#shelf.isTakenUp(call.id);
        if (!isHurry && !isShared) return answer;
        refused = answer;
      } catch (error) {
        if (!(error instanceof Unsent)) throw error;
        if (error.isAway) return null;
      }
    }
    return refused ?? { ok: false, error: { code: 'unexpected', detail: {} } };
  }

  /** One wait for all that are kept. */
  async #keep(call: Call, seconds: number): Promise<void> {
    if (!this.unsent.some((each) => each.id === call.id)) this.unsent = [...this.unsent, call];
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    const grown = Math.min(seconds * 1_000 * 2 ** this.#waits++, longestWaitMs);
    await this.#pause(grown * (0.75 + Math.random() / 2));
    this.#isWaiting = false;
    this.retry();
  }

  #isNext(waiting: Waiting): boolean {
    const ticket = ticketOf(waiting.call.input);
    if (!ticket) return true;
    return this.#waiting.find((each) => ticketOf(each.call.input) === ticket) === waiting;
  }
}

function isQuiet({ quiet = false }: SendOptions): boolean {
  return typeof quiet === 'function' ? quiet() : quiet;
}

/** After how many seconds the same command may be sent again; null for an answer that stands. */
function waitOf(answer: Answer): number | null {
  if (answer.ok) return null;
  const { code, detail } = answer.error;
  const seconds = Number(detail['retryAfterSeconds']);
  if (isFault(code)) return seconds || 2;
  // Faster than the server takes from one screen. A limit of minutes is a refusal.
  return code === 'too.many' && seconds > 0 && seconds <= 60 ? seconds : null;
}

export function ticketOf(input: unknown): string | null {
  if (typeof input !== 'object' || input === null || !('ticket' in input)) return null;
  return typeof input.ticket === 'string' ? input.ticket : null;
}

function rest(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
