import { json } from '@sveltejs/kit';
import { z } from 'zod';
import { administering } from '#lib/admin/read.server.ts';
import { nowhere } from '#lib/ticket/found.server.ts';
import { trialOf } from '#server/domain/filters.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
  const id = z.uuid().safeParse(event.params.trial).data ?? nowhere();
  return json((await administering(event, (tx) => trialOf(tx, id))) ?? nowhere());
};
