import type { Card, Frame } from '#lib/shared/board.ts';
import type { Refusal } from '#lib/shared/errors.ts';
import type { Call } from './queue.ts';

/** Gets each event of a ticket; null when the board was read anew and anything may have happened. */
type TicketListener = (frame: Frame | null) => void;
/** Gets what happens beside the tickets; null when anything may have happened. */
type NewsListener = (frame: Frame | null) => void;
/** Gets each event of a ticket as it happens, and the card as this person saw it until then. */
type FrameListener = (frame: Frame, before: Card | null) => void;
type MoveListener = (ticket: string) => void;
type RefusalListener = (call: Call, refusal: Refusal) => void;

/** Who hears what on a live page. Each `on…` returns how to hear no more. */
export class Listeners {
  readonly #tickets = new Map<string, Set<TicketListener>>();
  readonly #moves = new Set<MoveListener>();
  readonly #events = new Set<FrameListener>();
  readonly #news = new Set<NewsListener>();
  readonly #refusals = new Set<RefusalListener>();

  readonly onTicket = (ticket: string, listener: TicketListener): (() => void) => {
    const listeners = this.#tickets.get(ticket) ?? new Set();
    this.#tickets.set(ticket, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#tickets.delete(ticket);
    };
  };

  /** Called before a card may change or move, so that a screen can still measure where it lies. */
  readonly onMove = (listener: MoveListener): (() => void) => added(this.#moves, listener);
  readonly onEvent = (listener: FrameListener): (() => void) => added(this.#events, listener);
  readonly onNews = (listener: NewsListener): (() => void) => added(this.#news, listener);
  readonly onRefusal = (listener: RefusalListener): (() => void) => added(this.#refusals, listener);

  moves(ticket: string): void {
    for (const hear of this.#moves) hear(ticket);
  }

  happens(frame: Frame, before: Card | null): void {
    for (const hear of this.#events) hear(frame, before);
  }

  /** Once the board shows it. */
  changed(frame: Frame, ticket: string): void {
    for (const hear of this.#tickets.get(ticket) ?? []) hear(frame);
  }

  news(frame: Frame): void {
    for (const hear of this.#news) hear(frame);
  }

  /** The board was read anew. */
  renewed(): void {
    for (const listeners of this.#tickets.values()) for (const hear of listeners) hear(null);
    for (const hear of this.#news) hear(null);
  }

  refused(call: Call, refusal: Refusal): void {
    for (const hear of this.#refusals) hear(call, refusal);
  }
}

function added<L>(listeners: Set<L>, listener: L): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
