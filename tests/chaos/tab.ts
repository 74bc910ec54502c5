import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { snapshot } from '#server/domain/board.ts';
import type { Member } from '../support/cast.ts';
import type { Role } from '#lib/shared/ticket.ts';
import type { Asked, Opening, Page, Shown, Told } from './browser/words.ts';
import { brokenOf } from './broken.ts';
import type { Line } from './line.ts';

/** What became of everything that was ever sent: nothing may stay `open`. */
export type Fate = { member: Member; name: string; input: Record<string, unknown>; fate: 'open' | 'done' | string };
export type Fates = Map<string, Fate>;

type Options = {
  member: Member & { role: Role };
  workspace: string;
  cookie: string;
  line: Line;
  fates: Fates;
  complain: (what: string) => void;
  /** Whether its first page brings a few cards only; then every other does. */
  isCut: boolean;
};

/** A member's browser: one tab at a time, whose storage outlives it. */
export class Tab {
  readonly member: Member;
  readonly line: Line;
  /** How often it asked for a part after the first. */
  parts = 0;
  readonly #options: Options;
  readonly #stored = new Map<string, string>();
  readonly #asks = new Map<number, (shown: Shown) => void>();
  #worker: Worker | undefined;
  #broke: Promise<never> | undefined;
  #ask = 0;
  #isCut: boolean;

  constructor(options: Options) {
    this.#options = options;
    this.member = options.member;
    this.#isCut = options.isCut;
    this.line = options.line;
  }

  async open(): Promise<void> {
    const { member, workspace, cookie, line, complain } = this.#options;
    const { memberId: id, name, role } = member;
    const opening: Opening = {
      workspace,
      me: { id, name, role },
      ...(await this.#page(this.#isCut)),
      port: line.port,
      cookie,
      stored: Object.fromEntries(this.#stored),
    };
    const worker = new Worker(new URL('./browser/tab.ts', import.meta.url), { workerData: opening });
    worker.on('message', (told: Told) => this.#hear(told));
    worker.on('error', (error) => complain(`${name}: ${error.stack ?? error.message}`));
    this.#broke = brokenOf(worker);
    await once(worker, 'online');
    this.#worker = worker;
    this.#isCut = !this.#isCut;
  }

  /** Its person was elsewhere in the workspace: the board's page begins anew over what is known, be it all or not. */
  async comeBack(): Promise<void> {
    this.do({ page: await this.#page(true) });
  }

  /** Closed by its person, or by the browser. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  do(asked: Asked): void {
    this.#worker?.postMessage(asked);
  }

  shown(): Promise<Shown> {
    const ask = this.#ask++;
    const answer = new Promise<Shown>((resolve) => {
      this.#asks.set(ask, resolve);
      this.do({ tell: ask });
    });
    return Promise.race(this.#broke ? [answer, this.#broke] : [answer]);
  }

  async #page(isCut: boolean): Promise<Page> {
    const all = await snapshot(this.member);
    if (!isCut) return { snapshot: all, isWhole: true };
    const cards = all.cards.filter((_, index) => index % 3 === 0);
    const ids = new Set(cards.map(({ id }) => id));
    return { snapshot: { ...all, cards, reads: all.reads.filter(([ticket]) => ids.has(ticket)) }, isWhole: false };
  }

  #hear(told: Told): void {
    const { fates, complain, member } = this.#options;
    if ('broke' in told) complain(`${member.name}: ${told.broke}`);
    else if ('part' in told) this.parts++;
    else if ('shown' in told) {
      this.#asks.get(told.ask)?.(told.shown);
      this.#asks.delete(told.ask);
    } else if ('refused' in told) {
      const known = fates.get(told.refused.id);
      if (known) known.fate = told.refused.code;
    } else this.#store(told.stored);
  }

  /** What is on the shelf is on its way; what was taken from it was answered. A refusal is told right after. */
  #store({ key, value }: { key: string; value: string | null }): void {
    const { fates, member } = this.#options;
    const id = key.split(':').at(-1) ?? '';
    if (value === null) {
      this.#stored.delete(key);
      const known = fates.get(id);
      if (known) known.fate = 'done';
      return;
    }
    this.#stored.set(key, value);
    const { name, input } = JSON.parse(value) as Pick<Fate, 'name' | 'input'>;
    if (!fates.has(id)) fates.set(id, { member, name, input, fate: 'open' });
  }
}
