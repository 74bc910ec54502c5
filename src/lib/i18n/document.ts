import { isLanguage, languageCookie, type Language } from './languages.ts';
import { defineCustomClientStrategy } from './paraglide/runtime.js';

// In the browser the page's own language rules: it was rendered in it, and hydration must say the same words.
defineCustomClientStrategy('custom-document', {
  getLocale: () => (isLanguage(document.documentElement.lang) ? document.documentElement.lang : undefined),
  setLocale: () => undefined,
});

/** Remembers the language for this browser and loads the page anew in it. */
export function chooseLanguage(language: Language): void {
  document.cookie = `${languageCookie}=${language}; path=/; max-age=${400 * 24 * 3600}; samesite=lax`;
  location.reload();
}
