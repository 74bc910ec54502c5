import { sep } from 'node:path';
import type { Plugin } from 'vite';

/** Fails the build, or the request in development, as soon as code for the browser imports from server/. */
export function serverOnly(folder: string): Plugin {
  return {
    name: 'lotse:server-only',
    enforce: 'pre',
    load(id) {
      if (this.environment.config.consumer !== 'client' || !id.startsWith(folder + sep)) return;
      const importers = this.getModuleInfo(id)?.importers.join(', ') || 'code for the browser';
      this.error(`${id} belongs to the server and must not reach a browser, but ${importers} imports it.`);
    },
  };
}
