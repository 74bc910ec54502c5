import { sep } from 'node:path';
import type { Plugin } from 'vite';

/** Fails the build, or the request in development, as soon as code for the browser imports from server/. */
export function serverOnly(folder: string): Plugin {
  return {
    name: 'lotse:server-only',
    enforce: 'pre',
    resolveId(source, importer) {
      if (this.environment.config.consumer !== 'client' || !source.startsWith('#server/')) return;
      this.error(`${importer} runs in a browser and must not import ${source}.`);
    },
    // The way around, by a relative path.
    load(id) {
      if (this.environment.config.consumer !== 'client' || !id.startsWith(folder + sep)) return;
      this.error(`${id} belongs to the server and must not reach a browser.`);
    },
  };
}
