import { besideNow } from '#server/domain/board/beside.ts';
import { answer } from '../../door.server.ts';
import type { RequestHandler } from './$types.js';

/** What stands beside the board's cards, without them: pools, people, groups. */
export const GET: RequestHandler = (event) => answer(event, besideNow);
