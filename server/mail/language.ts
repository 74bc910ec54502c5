import type { ParsedMail } from './parsed.ts';

// The commonest words of each language that the other does not have.
const german =
  /\b(?:und|nicht|ich|der|die|das|ist|bitte|mit|für|sehr|geehrte|guten|hallo|wir|seit|kein|keine|danke)\b/giu;
const english = /\b(?:and|not|the|is|please|with|for|dear|hello|we|since|have|thanks|thank|you|my|our)\b/giu;

/** German or English, by what the mail says of itself, else by its commonest words; `otherwise` when they do not tell. */
export function languageOf(
  mail: Pick<ParsedMail, 'headers' | 'subject' | 'text'>,
  otherwise: 'de' | 'en',
): 'de' | 'en' {
  const said = mail.headers.get('content-language')?.[0]?.trim().slice(0, 2).toLowerCase();
  const text = `${mail.subject} ${mail.text.slice(0, 4000)}`;
  const [de, en] = [text.match(german)?.length ?? 0, text.match(english)?.length ?? 0];
  if (de !== en) return de > en ? 'de' : 'en';
  return said === 'de' || said === 'en' ? said : otherwise;
}
