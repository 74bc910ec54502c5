import type { Language } from '#lib/i18n/languages.ts';
import { m } from '#lib/i18n/paraglide/messages.js';

export type Person = { salutation: '' | 'ms' | 'mr' | 'mx'; title: string; name: string };

/** "Guten Tag Frau Dr. Weber," / "Dear Dr Weber,". Who gives neither Ms nor Mr is greeted by the whole name. */
export function greetingFor(person: Person | null, locale: Language): string {
  const name = person?.name.trim() ?? '';
  if (!person || name === '' || name.includes('@')) return m.mail_greeting_nobody({}, { locale });
  const title = titleFor(person.title, locale);
  const { salutation } = person;
  if (salutation !== 'ms' && salutation !== 'mr') return m.mail_greeting({ name: joined(title, name) }, { locale });
  const surname = surnameOf(name);
  // English puts the doctor in the place of Ms and Mr.
  if (locale === 'en' && title) return m.mail_greeting({ name: joined(title, surname) }, { locale });
  const greet = salutation === 'ms' ? m.mail_greeting_ms : m.mail_greeting_mr;
  return greet({ name: joined(title, surname) }, { locale });
}

/** "Sehr geehrte Frau Dr. Weber," / "Dear Dr Weber,". German has no formal form for who is neither Ms nor Mr. */
export function salutationFor(person: Person | null, locale: Language): string {
  const name = person?.name.trim() ?? '';
  if (!person || name === '' || name.includes('@')) return m.mail_salutation_nobody({}, { locale });
  if (locale === 'en' || (person.salutation !== 'ms' && person.salutation !== 'mr')) return greetingFor(person, locale);
  const salute = person.salutation === 'ms' ? m.mail_salutation_ms : m.mail_salutation_mr;
  return salute({ name: joined(titleFor(person.title, locale), surnameOf(name)) }, { locale });
}

function titleFor(title: string, locale: Language): string {
  if (locale === 'de') return title.trim();
  return (title.match(/\b(?:Prof|Dr)\b/g) ?? []).slice(0, 1).join('');
}

/** "Anna von der Heide" → "von der Heide"; "Weber, Anna" → "Weber". */
function surnameOf(name: string): string {
  const [beforeComma, after] = name.split(',');
  if (after !== undefined && beforeComma) return beforeComma.trim();
  const words = name.split(/\s+/);
  const particle = words.findIndex(
    (word, index) =>
      index > 0 && /^(?:von|vom|zu|zum|zur|van|de|del|della|di|da|dos|le|la|el|al|bin|ibn|ter|ten|af)$/.test(word),
  );
  return (particle > 0 ? words.slice(particle) : words.slice(-1)).join(' ');
}

function joined(title: string, name: string): string {
  return title === '' ? name : `${title} ${name}`;
}
