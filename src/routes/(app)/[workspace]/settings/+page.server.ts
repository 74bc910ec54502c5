import { administering } from '#lib/admin/read.server.ts';
import { troubled } from '#server/domain/outbox.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({ trouble: await administering(event, troubled) });
