import { usual, type Scenario } from './scenario.ts';

export type Wish = Omit<Scenario, 'processes' | 'databaseCores'>;

/** The desks that docs/scale.md speaks of, each with all viewers of a workspace together. */
export const desks: Wish[] = [
  { ...usual, name: '1,000 viewers in 10 workspaces', viewers: 1_000, workspaces: 10 },
  { ...usual, name: '10,000 viewers in 50 workspaces', viewers: 10_000, workspaces: 50 },
  { ...usual, name: '100,000 viewers in 500 workspaces', viewers: 100_000, workspaces: 500 },
  { ...usual, name: '100,000 viewers in 2,000 workspaces', viewers: 100_000, workspaces: 2_000 },
];

/** One workspace where everybody sees every ticket: the most a fan-out can be. */
export const crowds: Wish[] = [100, 300, 1_000, 2_000, 5_000, 10_000, 20_000].map((viewers) => ({
  ...usual,
  name: `${viewers.toLocaleString('en')} viewers of one board`,
  viewers,
  workspaces: 1,
}));

export const ticketCounts = [100_000, 10_000_000, 100_000_000];

/** What a ticket leaves behind in its life: an assumption, of the size of the demo desk's. */
export const perTicket = { events: 10, messages: 4 };
