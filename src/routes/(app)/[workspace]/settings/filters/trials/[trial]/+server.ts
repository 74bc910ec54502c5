import { json } from '@sveltejs/kit';
import { trialOf } from '#lib/filters/page.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => json(await trialOf(event, false));
