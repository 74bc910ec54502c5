import { z } from 'zod';
import { tagLength } from './limits.ts';
import { priorities } from './ticket.ts';

// What a filter may do, and whose may do what. The database holds it too (20261122090000_filter_scopes.sql).

/** A ticket by its number, or the one whose number stands in the subject. */
const target = z.union([z.int().min(1).max(999_999_999), z.literal('named')]);

export const action = z.discriminatedUnion('do', [
  z.object({ do: z.literal('ticket'), pool: z.uuid() }),
  z.object({ do: z.literal('move'), number: target }),
  z.object({ do: z.literal('copy'), number: target }),
  z.object({ do: z.literal('inbox') }),
  z.object({ do: z.literal('ignore') }),
  /** The new ticket becomes the filter's owner's. */
  z.object({ do: z.literal('claim') }),
  /** No sign of it for the filter's owner. */
  z.object({ do: z.literal('read') }),
  /** It waits until a person lets it go. */
  z.object({ do: z.literal('hold') }),
  /** What nobody wrote is not sent. */
  z.object({ do: z.literal('silent') }),
  z.object({ do: z.literal('tag'), tag: z.string().trim().min(1).max(tagLength) }),
  z.object({ do: z.literal('priority'), priority: z.enum(priorities) }),
]);

export const actions = z
  .array(action)
  .min(1)
  .max(10)
  .refine((all) => all.filter(decides).length <= 1);

export type Action = z.output<typeof action>;
export type Target = z.output<typeof target>;

const decisive = ['ticket', 'move', 'inbox', 'ignore', 'claim', 'read', 'hold', 'silent'] as const;
export type Decisive = (typeof decisive)[number];

/** Of these a filter does one: they say where a mail goes. */
export function decides(each: Action): each is Extract<Action, { do: Decisive }> {
  return decisive.some((known) => known === each.do);
}

export const directions = ['in', 'out'] as const;
export type Direction = (typeof directions)[number];

export type Scope = { direction: Direction; isMine: boolean };

/**
 * Whose filter may decide what. Nobody's own rule lets mail of others disappear; a message that somebody wrote is at most held. What
 * left belongs to the ticket it was written on: moved elsewhere, an answer would be torn from its question.
 */
export function decisionsOf({ direction, isMine }: Scope): readonly Decisive[] {
  if (direction === 'out') return isMine ? [] : ['hold', 'silent'];
  return isMine ? ['claim', 'move', 'read'] : ['ticket', 'move', 'inbox', 'ignore'];
}

export function isPossible(all: readonly Action[], scope: Scope): boolean {
  return all.every((each) => !decides(each) || decisionsOf(scope).includes(each.do));
}
