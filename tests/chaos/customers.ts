import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Sql } from '#server/database/pool.ts';
import { tokenFor } from '#server/domain/links.ts';
import { createTicket, linkFor } from '../support/cast.ts';
import { Chance } from '../support/chance.ts';
import type { World } from '../support/world.ts';
import { readPage, type CustomerPage } from './browser/customer-page.ts';
import type { CustomerAsked, CustomerOpening, CustomerTold } from './browser/customer.ts';
import { brokenOf } from './broken.ts';
import type { DeskServer } from './desk-servers.ts';
import { openLine, type Line } from './line.ts';

type Shown = { shown: CustomerPage | null; isOffline: boolean };

/** A customer with his ticket's page open over a bad line. */
export class Customer {
  readonly line: Line;
  readonly ticket: string;
  readonly token: string;
  /** What he sent, and was told that it was taken. */
  readonly wrote: string[] = [];
  readonly #complain: (what: string) => void;
  readonly #asks = new Map<number, (shown: Shown) => void>();
  #worker: Worker | undefined;
  #broke: Promise<never> | undefined;
  #count = 0;

  constructor(parts: { line: Line; ticket: string; token: string; complain: (what: string) => void }) {
    this.line = parts.line;
    this.ticket = parts.ticket;
    this.token = parts.token;
    this.#complain = parts.complain;
  }

  async open(): Promise<void> {
    const workerData: CustomerOpening = { port: this.line.port, token: this.token };
    const worker = new Worker(new URL('./browser/customer.ts', import.meta.url), { workerData });
    worker.on('message', (told: CustomerTold) => this.#hear(told));
    worker.on('error', (error) => this.#complain(`a customer: ${error.stack ?? error.message}`));
    this.#broke = brokenOf(worker);
    await once(worker, 'online');
    this.#worker = worker;
  }

  /** He goes away and opens his link anew. */
  async comeBack(): Promise<void> {
    await this.close();
    await this.open();
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  do(asked: CustomerAsked): void {
    this.#worker?.postMessage(asked);
  }

  shown(): Promise<Shown> {
    const ask = this.#count++;
    const answer = new Promise<Shown>((resolve) => {
      this.#asks.set(ask, resolve);
      this.do({ tell: ask });
    });
    return Promise.race(this.#broke ? [answer, this.#broke] : [answer]);
  }

  #hear(told: CustomerTold): void {
    if ('broke' in told) this.#complain(`a customer: ${told.broke}`);
    else if ('wrote' in told) this.wrote.push(told.wrote);
    else {
      this.#asks.get(told.ask)?.(told);
      this.#asks.delete(told.ask);
    }
  }
}

type Options = { world: World; servers: DeskServer[]; seed: number; complain: (what: string) => void };

/** Two participants of one ticket, and one of another; nothing takes these tickets from their sight. */
export async function openCustomers({ world, servers, seed, complain }: Options): Promise<Customer[]> {
  const { cast } = world;
  const [first, second] = [await createTicket(cast), await createTicket(cast)];
  const places = [
    { ticket: first, contact: cast.weber },
    { ticket: first, contact: cast.smith },
    { ticket: second, contact: cast.weber },
  ];
  return Promise.all(
    places.map(async ({ ticket, contact }, i) => {
      const chance = new Chance(seed * 1_000 + 500 + i);
      const { linkId } = await linkFor(cast, ticket, contact);
      const line = await openLine({ chance, cookie: '', target: () => chance.of(servers).port });
      const token = await tokenFor({ id: linkId, generation: 1 });
      const customer = new Customer({ line, ticket, token, complain });
      await customer.open();
      return customer;
    }),
  );
}

/** What the team does with such a ticket, which its customers see or must not. */
export function deedOn({ ticket }: Customer, chance: Chance): { name: string; input: Record<string, unknown> } {
  const post = (kind: 'message' | 'comment') => ({
    name: 'message.post',
    input: { ticket, kind, visibility: kind === 'message' ? 'public' : 'internal', html: `<p>${kind}</p>` },
  });
  return chance.of([
    post('message'),
    post('comment'),
    { name: 'ticket.claim', input: { ticket } },
    { name: 'ticket.release', input: { ticket } },
    { name: 'ticket.setStatus', input: { ticket, status: 'in_progress' } },
    { name: 'ticket.change', input: { ticket, subject: `Neu ${chance.below(99)}` } },
  ]);
}

/** What a customer was told to be taken, and stands there not once. */
export async function wrongWords(owner: Sql, customers: Customer[]): Promise<string[]> {
  const rows = await owner<{ ticket: string; text: string }[]>`
    select ticket_id as ticket, body_text as text from lotse.messages where ticket_id = any (${customers.map(({ ticket }) => ticket)}::uuid[])
  `;
  return customers.flatMap(({ ticket, wrote }) =>
    wrote.flatMap((text) => {
      const count = rows.filter((row) => row.ticket === ticket && row.text.trim() === text).length;
      return count === 1 ? [] : [`what a customer wrote (${text}) stands there ${count} times`];
    }),
  );
}

/** Whose page is not what a page loaded now would be. */
export async function wrongPages(customers: Customer[], { port }: DeskServer): Promise<string[]> {
  const found = customers.map(async (customer) => {
    const [{ shown, isOffline }, fresh] = await Promise.all([
      customer.shown(),
      readPage(`http://127.0.0.1:${port}`, customer.token),
    ]);
    if (isOffline) return "a customer's page is offline";
    if (!isDeepStrictEqual(shown, fresh))
      return `a customer's page shows ${JSON.stringify(shown)} instead of ${JSON.stringify(fresh)}`;
    return [];
  });
  return (await Promise.all(found)).flat();
}
