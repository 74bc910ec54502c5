import { isLanguage } from './languages.ts';
import { defineCustomClientStrategy } from './paraglide/runtime.js';

// In the browser the page's own language rules: it was rendered in it, and hydration must say the same words.
defineCustomClientStrategy('custom-document', {
  getLocale: () => (isLanguage(document.documentElement.lang) ? document.documentElement.lang : undefined),
  setLocale: () => undefined,
});
