import { z } from 'zod';
import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { occasions } from '#lib/shared/templates.ts';
import { nowhere } from '#lib/ticket/found.server.ts';
import { sampleNumber } from '#server/domain/outgoing/sample.ts';
import { templates } from '#server/domain/templates.ts';
import { standardOf } from '#server/letters/standards.ts';
import type { Actions, PageServerLoad } from './$types';

const place = z.object({ occasion: z.enum(occasions), language: z.enum(['de', 'en']) });

export const load: PageServerLoad = async (event) => {
  const { occasion, language } = place.safeParse(event.params).data ?? nowhere();
  const [own, number] = await administering(event, (tx) => Promise.all([templates(tx), sampleNumber(tx)]));
  const found = own.find((each) => each.occasion === occasion && each.language === language);
  return { occasion, language, own: found?.body ?? null, standard: standardOf(occasion, language), number };
};

export const actions: Actions = { run: runs('template.change', 'template.reset') };
