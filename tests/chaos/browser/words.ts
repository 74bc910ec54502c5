import type { Card, Snapshot } from '#lib/shared/board.ts';
import type { Me } from '#lib/live/live.svelte.ts';
import type { Setting } from './surroundings.ts';

/** What a tab is opened with. */
export type Opening = Setting & Page & { workspace: string; me: Me };

/** What a page of the board brings: all cards, or a few of them. */
export type Page = { snapshot: Snapshot; isWhole: boolean };

/** What a tab is asked to do. */
export type Asked =
  | { send: { name: string; input: Record<string, unknown> } }
  | { show: boolean }
  | { network: boolean }
  | { page: Page }
  | { again: true }
  | { tell: number };

/** What a screen shows, for comparison. */
export type Shown = {
  state: string;
  unsent: number;
  isWhole: boolean;
  /** Tickets over which this person's own guess still lies. */
  guesses: string[];
  seq: number;
} & Seen;

/** By ticket the card, and whether it is unread; and what stands beside the cards. */
export type Seen = {
  cards: Record<string, Card>;
  unread: Record<string, boolean>;
  beside: Pick<Snapshot, 'pools' | 'people' | 'groups'>;
};

/** What a tab tells. */
export type Told =
  | { stored: { key: string; value: string | null } }
  | { refused: { id: string; code: string } }
  | { shown: Shown; ask: number }
  | { part: string }
  | { broke: string };
