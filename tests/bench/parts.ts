import { beside } from './beside.ts';
import { board } from './board.ts';
import { catchup } from './catchup.ts';
import { claims } from './claims.ts';
import { costs } from './costs.ts';
import { fanout } from './fanout.ts';
import { idle } from './idle.ts';
import { join } from './join.ts';
import type { PartName } from './keys.ts';
import { mail } from './mail.ts';
import { notes } from './notes.ts';
import { restart } from './restart.ts';
import { storage } from './storage.ts';
import type { Part } from './part.ts';
import { search } from './search.ts';

/** What can be measured, in this order. */
export const parts: Partial<Record<PartName, Part>> = {
  claims,
  fanout,
  beside,
  board,
  search,
  catchup,
  restart,
  idle,
  join,
  mail,
  notes,
  costs,
  storage,
};
