/** The languages Lotse speaks, and how to choose among them. Plain TypeScript: needs no compiled messages. */
export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

export const languageCookie = 'lotse_language';

export function isLanguage(value: unknown): value is Language {
  return languages.some((language) => language === value);
}

/** The best of ours for an `Accept-Language` header (RFC 9110 §12.5.4); `en` when nothing fits. */
export function preferredLanguage(acceptLanguage: string | null | undefined): Language {
  const wanted = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map((part, order) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
      return { language: tag.split('-')[0], quality: quality === undefined ? 1 : Number(quality), order };
    })
    .filter(({ language, quality }) => isLanguage(language) && quality > 0)
    .sort((a, b) => b.quality - a.quality || a.order - b.order);
  const best = wanted[0]?.language;
  return isLanguage(best) ? best : 'en';
}
