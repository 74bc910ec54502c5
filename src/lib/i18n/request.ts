import { AsyncLocalStorage } from 'node:async_hooks';
import type { Language } from './languages.ts';
import { overwriteServerAsyncLocalStorage } from './paraglide/runtime.js';

// Paraglide's own middleware clones every request body; an upload must not be held in memory twice for its language.
const requests = new AsyncLocalStorage<{ locale?: Language }>();
overwriteServerAsyncLocalStorage(requests);

/** Runs `work` so that all messages in it, however deep, are in `language`. For hooks: one request, one language. */
export function speaking<T>(language: Language, work: () => T): T {
  return requests.run({ locale: language }, work);
}

/** Changes the language of the request at hand, when a load function knows better (a customer's page). */
export function speak(language: Language): void {
  const request = requests.getStore();
  if (request) request.locale = language;
}
