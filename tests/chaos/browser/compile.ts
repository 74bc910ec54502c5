import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileModule } from 'svelte/compiler';

/*
 * Imported before the browser's own code: lets Node read its `.svelte.ts` files as a browser gets them, signals and all.
 */
const ofKit = new Set(['$app/navigation', '$app/state']);
const navigation = new URL('./navigation.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (ofKit.has(specifier)) return { url: navigation, shortCircuit: true };
    // Only Svelte's: under this condition other packages would want a real browser.
    if (!/^svelte(\/|$)/.test(specifier)) return next(specifier, context);
    return next(specifier, { ...context, conditions: [...context.conditions, 'browser'] });
  },
  load(url, context, next) {
    if (!url.endsWith('.svelte.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const source = stripTypeScriptTypes(readFileSync(filename, 'utf8'));
    const { js } = compileModule(source, { filename, generate: 'client', dev: false });
    return { format: 'module', source: js.code, shortCircuit: true };
  },
});
