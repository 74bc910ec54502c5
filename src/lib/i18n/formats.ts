import type { Language } from './languages.ts';
import { getLocale } from './paraglide/runtime.js';

type Moment = Date | string | number;
type Length = 'short' | 'long';

const withYear = { year: 'numeric' } as const;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

// Making a formatter costs some 50 µs, using one less than 1: a board has hundreds of ages.
const relativeFormats = cache<Intl.RelativeTimeFormat>();
const dateFormats = cache<Intl.DateTimeFormat>();
const numberFormats = cache<Intl.NumberFormat>();
const listFormats = cache<Intl.ListFormat>();

/** "vor 2 Std." / "2 hr. ago"; past a week the date. `long` spells it out: "vor 2 Stunden". */
export function relativeTime(at: Moment, now: Moment = Date.now(), length: Length = 'short'): string {
  const language = getLocale();
  const difference = Number(new Date(at)) - Number(new Date(now));
  const size = Math.abs(difference);
  if (size >= 7 * day) return date(at, now, language);
  if (size < 45_000) return relative(language, length, 'auto').format(0, 'second');
  const format = relative(language, length);
  if (size < hour - minute / 2) return format.format(Math.round(difference / minute), 'minute');
  if (size < day - hour / 2) return format.format(Math.round(difference / hour), 'hour');
  return format.format(Math.round(difference / day), 'day');
}

/** The age on a card, as short as it gets: "10 m", "2 h", "3 d" / "3 T", "5 w" / "5 W". Rounded down; the future counts as now. */
export function shortAge(at: Moment, now: Moment = Date.now(), language = getLocale()): string {
  const age = Math.max(0, Number(new Date(now)) - Number(new Date(at)));
  const units = language === 'de' ? ['m', 'h', 'T', 'W'] : ['m', 'h', 'd', 'w'];
  if (age < hour) return `${Math.floor(age / minute)} ${units[0]}`;
  if (age < day) return `${Math.floor(age / hour)} ${units[1]}`;
  if (age < 14 * day) return `${Math.floor(age / day)} ${units[2]}`;
  return `${Math.floor(age / (7 * day))} ${units[3]}`;
}

/** "14. Nov." / "14 Nov", with the year only when it is another one. */
export function date(at: Moment, now: Moment = Date.now(), language = getLocale()): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return dates(language, { day: 'numeric', month: 'short', ...(sameYear ? {} : withYear) }).format(new Date(at));
}

/** "Heute", "Gestern", "Montag, 16. November": the heading of a day in a conversation. */
export function dayHeading(at: Moment, now: Moment = Date.now(), language = getLocale()): string {
  const apart = Math.round((midnight(at) - midnight(now)) / day);
  if (apart === 0 || apart === -1) return capital(relative(language, 'long', 'auto').format(apart, 'day'), language);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const options = { weekday: 'long', day: 'numeric', month: 'long' } as const;
  return dates(language, { ...options, ...(sameYear ? {} : withYear) }).format(new Date(at));
}

/** "14:05". */
export function time(at: Moment, language = getLocale()): string {
  return dates(language, { hour: '2-digit', minute: '2-digit' }).format(new Date(at));
}

/** The exact moment, for tooltips: "Montag, 16. November 2026, 14:05". */
export function exactTime(at: Moment, language = getLocale()): string {
  return dates(language, { dateStyle: 'full', timeStyle: 'short' }).format(new Date(at));
}

export function number(value: number, options: Intl.NumberFormatOptions = {}, language = getLocale()): string {
  return numbers(language, options).format(value);
}

/** "820 B", "1,4 MB": decimal units, as file managers show them. */
export function fileSize(bytes: number, language = getLocale()): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${number(value, { maximumFractionDigits: power && value < 10 ? 1 : 0 }, language)} ${units[power]}`;
}

/** "Ada, Ben und Clara". */
export function list(words: string[], language = getLocale()): string {
  return listFormats(language, () => new Intl.ListFormat(tag(language), { type: 'conjunction' })).format(words);
}

function relative(language: Language, style: Length, numeric: 'auto' | 'always' = 'always') {
  const make = () => new Intl.RelativeTimeFormat(tag(language), { style, numeric });
  return relativeFormats(`${language} ${style} ${numeric}`, make);
}

function dates(language: Language, options: Intl.DateTimeFormatOptions) {
  return dateFormats(language + JSON.stringify(options), () => new Intl.DateTimeFormat(tag(language), options));
}

function numbers(language: Language, options: Intl.NumberFormatOptions) {
  return numberFormats(language + JSON.stringify(options), () => new Intl.NumberFormat(tag(language), options));
}

/** English as the customers of a European desk read it: day before month, 24 hours. */
function tag(language: Language): string {
  return language === 'de' ? 'de-DE' : 'en-GB';
}

function midnight(at: Moment): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

function capital(text: string, language: Language): string {
  return text.charAt(0).toLocaleUpperCase(tag(language)) + text.slice(1);
}

function cache<T>() {
  const made = new Map<string, T>();
  return (key: string, make: () => T): T => {
    const value = made.get(key) ?? make();
    made.set(key, value);
    return value;
  };
}
