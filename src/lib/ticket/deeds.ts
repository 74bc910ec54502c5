import type { CommandInput, CommandName } from '#lib/shared/commands.ts';
import type { Card } from '#lib/shared/board.ts';
import type { Status, Visibility } from '#lib/shared/ticket.ts';
import type { TicketView } from './ticket.svelte.ts';

type Change = Omit<CommandInput<'ticket.change'>, 'ticket'>;

/** What one does to an open ticket: shown at once, told to the server, taken back if it is refused. */
export class Deeds {
  #view: TicketView;

  constructor(view: TicketView) {
    this.#view = view;
  }

  claim() {
    const me = this.#view.live.me.id;
    return this.#do('ticket.claim', {}, (card) => ({ ...card, member: me, group: null, status: 'assigned' }));
  }

  release() {
    return this.#do('ticket.release', {}, (card) => ({ ...card, member: null, group: null, status: 'open' }));
  }

  assign(to: { member?: string; group?: string }) {
    const status: Status = to.member ? 'assigned' : 'open';
    return this.#do('ticket.assign', to, (card) => ({
      ...card,
      member: to.member ?? null,
      group: to.group ?? null,
      status,
    }));
  }

  move(pool: string) {
    return this.#do('ticket.move', { pool }, (card) => ({ ...card, pool, member: null, group: null, status: 'open' }));
  }

  setStatus(status: Status) {
    return this.#do('ticket.setStatus', { status }, (card) => ({ ...card, status }));
  }

  setVisibility(visibility: Visibility) {
    return this.#do('ticket.setVisibility', { visibility }, (card) => ({ ...card, visibility }));
  }

  change(change: Change) {
    const { subject, priority, tags, due, deferred } = change;
    const shown = Object.fromEntries(
      Object.entries({ subject, priority, tags, due, deferred }).filter(([, value]) => value !== undefined),
    );
    return this.#do('ticket.change', change, (card) => ({ ...card, ...shown }));
  }

  support(member: string) {
    return this.#do('ticket.support', { member });
  }

  unsupport(member: string) {
    return this.#do('ticket.unsupport', { member });
  }

  reopen() {
    return this.#do('ticket.reopen', {});
  }

  async #do<N extends CommandName>(
    name: N,
    input: Record<string, unknown>,
    guess?: (card: Card) => Card,
  ): Promise<void> {
    const ticket = this.#view.id;
    if (!ticket) return;
    // TypeScript cannot join the ticket to one of many inputs by name.
    const whole = { ...input, ticket } as CommandInput<N>;
    const answer = await this.#view.live.send(name, whole, guess ? { guess } : {});
    if (answer.ok) await this.#view.read();
  }
}
