import { snapshot } from '#server/domain/board.ts';
import { answer } from '../door.server.ts';
import type { RequestHandler } from './$types.js';

/** The whole board as of now, with the seq from which events lead on. */
export const GET: RequestHandler = (event) => answer(event, (member) => snapshot(member));
