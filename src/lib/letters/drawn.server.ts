import { z } from 'zod';
import { m } from '#lib/i18n/paraglide/messages.js';
import { bodyLength } from '#lib/shared/limits.ts';
import { occasions, templateLength } from '#lib/shared/templates.ts';
import { config } from '#server/config.ts';
import { asMember } from '#server/database/actor.ts';
import { sampleLetter } from '#server/domain/outgoing/sample.ts';
import { richTextToPlain, sanitiseRichText } from '#server/html.ts';
import { renderMail } from '#server/letters/render.ts';
import { framed } from './framed.server.ts';
import type { DrawnLetter } from './letter.ts';

/** What a mail would look like: of a ticket, for an occasion, with these words and, for settings, this template. */
export const wantedLetter = z.object({
  number: z.int().positive().max(999_999_999),
  occasion: z.enum(occasions),
  language: z.enum(['de', 'en']).optional(),
  /** Left out: the last words of the team, or a few of ours. */
  html: z.string().max(bodyLength).optional(),
  history: z.boolean().default(true),
  template: z.string().max(templateLength).optional(),
  address: z.email().max(254).optional(),
});

type Member = NonNullable<App.Locals['member']>;

/** Drawn by what also draws the mails that leave; only the customer's own link is not in it. */
export async function drawnLetter(
  member: Member,
  { html, history, template, ...wanted }: z.output<typeof wantedLetter>,
): Promise<DrawnLetter> {
  const sample = await asMember(
    { workspaceId: member.workspaceId, memberId: member.id },
    (tx) => sampleLetter(tx, wanted),
    { readOnly: true },
  );
  const { language, company, accent, recipient, author } = sample;
  const words = html === undefined ? (sample.lastWords ?? sampleWords(language)) : wordsOf(html);
  const isCustomers = wanted.occasion !== 'statement' && wanted.occasion !== 'forward';
  const { subject, ...parts } = renderMail(
    {
      kind: wanted.occasion,
      ticket: { ...sample.ticket, url: isCustomers ? `${config().address}/t/example` : null },
      message: words.text ? { ...words, author } : null,
      history: history ? sample.history.map((entry) => ({ ...entry, at: new Date(entry.at) })) : [],
      hasMore: history && sample.hasMore,
    },
    { language, company, accent, recipient, separator: null, template: template ?? sample.template },
  );
  return { subject, to: recipient?.name ?? '', html: framed(parts.html), text: parts.text };
}

function wordsOf(html: string) {
  const safe = sanitiseRichText(html);
  return { html: safe, text: richTextToPlain(safe) };
}

function sampleWords(language: 'de' | 'en') {
  const text = m.letters_sample_words({}, { locale: language });
  return { html: `<p>${text}</p>`, text };
}
