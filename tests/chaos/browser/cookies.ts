import { AsyncLocalStorage } from 'node:async_hooks';
import { registerHooks } from 'node:module';

/*
 * Imported before the browser's own code, where one process is many browsers: what runs within `jar.run` sends that browser's
 * cookie with its sockets and its requests, as browsers do by themselves.
 */
export const jar = new AsyncLocalStorage<string>();

const own = new URL('./socket-with-cookie.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const isPage = /\/src\/lib\//.test(context.parentURL ?? '');
    return specifier === 'socket.io-client' && isPage ? { url: own, shortCircuit: true } : next(specifier, context);
  },
});
