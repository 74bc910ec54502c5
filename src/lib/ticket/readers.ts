import { list } from '#lib/i18n/formats.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Customer } from '#lib/shared/opened.ts';
import { spokenName } from './words.ts';

/** Who will read a public message, in one sentence, and by what name to address the first of them. */
export function readersOf(customers: Customer[], { mails = true } = {}): { first: string | null; sentence: string } {
  const known = customers.filter(({ isVerified }) => isVerified);
  const [first] = known;
  if (!first) return { first: null, sentence: m.ticket_readers_nobody() };
  const names = list(known.slice(0, 3).map((customer) => spokenName(customer)));
  const more = known.length - 3;
  const who = more > 0 ? m.ticket_readers_more({ names, more }) : names;
  const mailed = mails && known.some(({ addresses }) => addresses.length > 0);
  return {
    first: spokenName(first, true),
    sentence: mailed ? m.ticket_readers_mail({ who }) : m.ticket_readers_page({ who }),
  };
}
