import { m } from '#lib/i18n/paraglide/messages.js';
import { sentenceOf } from '#lib/live/refusals.ts';
import type { Card } from '#lib/shared/board.ts';
import type { CommandInput } from '#lib/shared/commands.ts';
import type { Refusal } from '#lib/shared/errors.ts';
import type { BoardView } from './board.svelte.ts';
import type { Place } from './columns.ts';
import { intentOf, type Intent } from './intent.ts';
import { saidOf, saidOfMany } from './said.ts';
import type { Guess } from '../live/overlay.ts';

type Closing = { name: 'ticket.close'; input: CommandInput<'ticket.close'>; guess: Guess };
/** What is to be done to one card; the guess shows it at once. */
export type Deed = { card: Card } & (Intent | Closing);

/**
 * Puts cards somewhere: the one way for drag, menu and keys. Shown at once; what is refused comes back and says why.
 * Returns false when this person may not do it to any of them, and says so.
 */
export function put(board: BoardView, cards: readonly Card[], place: Place): boolean {
  const deeds = cards.flatMap((card): Deed[] => {
    const current = board.live.board.card(card.id) ?? card;
    const intent = intentOf(current, place, board.live.viewer);
    return intent ? [{ card: current, ...intent }] : [];
  });
  if (deeds.length === 0) {
    board.say(m.board_cannot());
    return false;
  }
  void perform(board, deeds);
  return true;
}

export function claim(board: BoardView, cards: readonly Card[]): boolean {
  return put(board, cards, { kind: 'member', id: board.live.me.id });
}

/** Each is a command of its own with its own answer; one sentence tells of all of them. Returns the cards it was done to. */
export async function perform(board: BoardView, deeds: readonly Deed[]): Promise<readonly Card[]> {
  board.selection.clear();
  const refused: string[] = [];
  const answers = await Promise.all(
    deeds.map((deed) => {
      // Measured before anything moves: it comes back to where it lay.
      const list = board.flights.listOf(deed.card.id);
      return board.live.send(deed.name, deed.input, {
        guess: deed.guess,
        quiet: true,
        batch: deeds.length > 1,
        refused: (refusal) => {
          refused.push(`#${deed.card.number}`);
          sendBack(board, { card: deed.card, list, refusal, isAlone: deeds.length === 1 });
        },
      });
    }),
  );
  const done = deeds.filter((_, index) => answers[index]?.ok);
  const [first] = done;
  if (deeds.length > 1) tellOfMany(board, done, refused);
  else if (first) board.say(saidOf(board, first));
  return done.map(({ card }) => card);
}

type Returning = { card: Card; list: string | null; refusal: Refusal; isAlone: boolean };

function sendBack(board: BoardView, { card, list, refusal, isAlone }: Returning): void {
  const reason = sentenceOf(refusal, (id) => board.nameOf(id) || undefined);
  const sentence = m.board_refused_kept({ number: card.number, reason });
  const isShown = list !== null && board.flights.showsList(list);
  if (isShown) board.returned.keep(card.id, { list, reason });
  // One of many is told with the others.
  if (!isAlone) return;
  if (isShown) return board.say(sentence);
  // Who was faster is news, not a problem: it goes by itself.
  board.toasts.show({ text: sentence, tone: refusal.code === 'ticket.taken' ? 'notice' : 'problem' });
}

/** By a notice, which is spoken as well. */
function tellOfMany(board: BoardView, done: readonly Deed[], refused: readonly string[]): void {
  const told = done[0] ? [saidOfMany(board, done[0], done.length)] : [];
  if (refused.length > 0) told.push(m.moves_many_refused({ count: refused.length, numbers: shortened(refused) }));
  board.toasts.show({ text: told.join(' '), tone: refused.length > 0 ? 'problem' : 'notice' });
}

function shortened(numbers: readonly string[]): string {
  return numbers.length > 6 ? `${numbers.slice(0, 6).join(', ')} …` : numbers.join(', ');
}
