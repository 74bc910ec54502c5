import { fail } from '@sveltejs/kit';
import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { dkimRecordOf } from '#lib/shared/dkim.ts';
import { nowhere } from '#lib/ticket/found.server.ts';
import { findRecord } from '#server/auth/dkim-record.ts';
import { readForm } from '#server/auth/form.ts';
import { dkimSettings } from '#server/domain/dkim.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({ domains: await administering(event, dkimSettings) });

export const actions: Actions = {
  run: runs('dkim.create', 'dkim.change', 'dkim.delete'),
  /** Asks the DNS. Of a domain that is ours to ask about, and nothing is changed by it. */
  check: async (event) => {
    const { domain } = await readForm(event.request);
    const found = (await administering(event, dkimSettings)).find((each) => each.domain === domain) ?? nowhere();
    const key = 'check';
    if (!found.key) return fail(400, { key, refusal: { code: 'dkim.notFound', detail: {} } });
    return { key, domain, finding: await findRecord(dkimRecordOf(found.domain, found.key)) };
  },
};
