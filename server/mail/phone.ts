/** Written by people: +49 (0)40 123-4567, 040/1234567, 0171 234 56 78. A name before it tells it from an order's number. */
const named =
  /(?:tel(?:efon|\.)?|mobil(?:e|telefon)?|handy|phone|call me(?: at| on)?|fon|rückruf(?:nummer)?|erreichbar unter|unter(?: der nummer)?)[\s.:/-]{0,6}([+(0][\d\s()/.-]{6,24}\d)/i;
/** Without a name only what begins like a number that one can dial from anywhere. */
const international = /(?:^|[\s(])(\+\d{1,3}[\d\s()/.-]{6,20}\d)(?=$|[\s,;.)])/m;

/** Where people write it: at the beginning or in the signature. */
const searchedChars = 20_000;

/** The first phone number of a text, as written; '' when there is none. Only ever an offer. */
export function phoneIn(text: string): string {
  const searched = text.slice(0, searchedChars);
  const found = named.exec(searched)?.[1] ?? international.exec(searched)?.[1] ?? '';
  const digits = found.replace(/\D/g, '').length;
  return digits >= 7 && digits <= 15 ? found.replace(/\s+/g, ' ').trim().slice(0, 40) : '';
}
