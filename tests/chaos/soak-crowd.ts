import { setTimeout as rest } from 'node:timers/promises';
import { snapshot } from '#server/domain/board.ts';
import { startChild, type Child } from '../bench/child.ts';
import type { AudienceAnswer, AudienceAsk, Browser } from './browser/audience.ts';
import { deeds, type SoakDesk } from './soak-desk.ts';
import { fresh } from './verdict.ts';

const calmMs = 60_000;

/** Those who look on, in a process of their own: who comes, who goes, what they do. */
export class SoakCrowd {
  readonly answers: Record<string, number> = {};
  left = 0;
  readonly #desk: SoakDesk;
  readonly #port: number;
  readonly #audience: Child<AudienceAsk, AudienceAnswer> = startChild('../chaos/browser/audience.ts', {
    nodeArgs: ['--disable-warning=ExperimentalWarning'],
  });
  #came = 0;
  #acted = 0;

  constructor(desk: SoakDesk, port: number) {
    this.#desk = desk;
    this.#port = port;
  }

  async come(count: number): Promise<void> {
    const { people, slug } = this.#desk;
    const places = Array.from({ length: count }, () => this.#came++);
    for (const [index, turns] of Map.groupBy(places, (place) => place % people.length)) {
      const { member, cookies } = people[index] ?? nobody();
      const me = { id: member.memberId, name: member.name, role: 'member' as const };
      const browsers = turns.map((turn): Browser => {
        const session = Math.floor(turn / people.length) % cookies.length;
        return { me, cookie: cookies[session] ?? nobody() };
      });
      const shown = await snapshot(member);
      this.#note(await this.#audience.ask({ open: { port: this.#port, slug, browsers, snapshot: shown } }));
    }
  }

  /** The oldest go, as many others come. */
  async change(count: number): Promise<void> {
    if (count === 0) return;
    this.#note(await this.#audience.ask({ close: count }));
    this.left += count;
    await this.come(count);
  }

  async act(count: number): Promise<void> {
    const { people, tickets } = this.#desk;
    const send = Array.from({ length: count }, () => {
      const turn = this.#acted++;
      const { member } = people[turn % people.length] ?? nobody();
      const deed = deeds[turn % deeds.length] ?? nobody();
      return { member: member.memberId, ...deed(tickets[turn % tickets.length] ?? nobody()) };
    });
    this.#note(await this.#audience.ask({ send }));
  }

  /** Whose page is not what a fresh one would be, asked until all are right or long after everything should be. */
  async wrong(expected: number): Promise<string[]> {
    for (const deadline = Date.now() + calmMs; ; await rest(250)) {
      const seen = this.#desk.people.map(async ({ member }) => [member.memberId, await fresh(member)] as const);
      const { wrong, open } = await this.#audience.ask({ compare: Object.fromEntries(await Promise.all(seen)) });
      if (open !== expected) wrong.push(`${open} pages are open instead of ${expected}`);
      if (wrong.length === 0 || Date.now() > deadline) return wrong;
    }
  }

  stop(): Promise<void> {
    return this.#audience.stop();
  }

  #note({ answers }: AudienceAnswer): void {
    for (const [fate, count] of Object.entries(answers)) this.answers[fate] = (this.answers[fate] ?? 0) + count;
  }
}

function nobody(): never {
  throw new Error('There is nobody to take a turn');
}
