import { runs } from '#lib/admin/run.server.ts';
import type { Actions } from './$types';

export const actions: Actions = { run: runs('contact.create') };
