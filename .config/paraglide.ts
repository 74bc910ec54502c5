import type { CompilerOptions } from '@inlang/paraglide-js';

/** Read by Vite and by server/setup/i18n.mjs, so that both compile the very same code into one folder. */
export const paraglide = {
  project: './src/lib/i18n/project.inlang',
  outdir: './src/lib/i18n/paraglide',
  // One module per language: one per message would cost the dev server a request each; the bundler drops unused ones either way.
  outputStructure: 'locale-modules',
  // On the server the request says the language (src/lib/i18n/request.ts), in the browser <html lang> (src/lib/i18n/document.ts).
  strategy: ['custom-document', 'baseLocale'],
  emitReadme: false,
} satisfies CompilerOptions;
