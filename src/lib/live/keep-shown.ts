import { page } from '$app/state';
import { isTrouble } from '#lib/ui/trouble.ts';
import { waitMs } from './again.ts';

/**
 * A page that is shown is not taken away by trouble. Where its data are read anew and cannot be, SvelteKit puts an error page in its
 * place, with all that somebody was doing; here such a request waits until it is answered, or until another page is shown. What one
 * chose oneself still says at once why it does not come. SvelteKit asks by `window.fetch` so that others may stand in between
 * (2.70.4, client.js, load_data).
 */
export function keepShown(): void {
  const ask = window.fetch;
  window.fetch = async (input, init) => {
    const { href } = page.url;
    if (page.error || !isDataOf(page.url, input)) return ask(input, init);
    for (let failures = 1; page.url.href === href; failures++) {
      const answer = await tryOnce(() => ask(input, init));
      if (answer) return answer;
      await new Promise((resolve) => setTimeout(resolve, waitMs(failures)));
    }
    return ask(input, init);
  };
}

function isDataOf(shown: URL, input: RequestInfo | URL): boolean {
  if (typeof input !== 'string' || !input.includes('/__data.json')) return false;
  const asked = new URL(input, shown);
  asked.searchParams.delete('x-sveltekit-invalidated');
  asked.pathname = asked.pathname.replace(/\/__data\.json$/, '');
  return asked.pathname === shown.pathname.replace(/\/$/, '') && asked.search === shown.search;
}

/** Null where nobody answered, or what answered is in trouble that passes by itself. */
async function tryOnce(ask: () => Promise<Response>): Promise<Response | null> {
  try {
    const response = await ask();
    return (await isInTrouble(response)) ? null : response;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

async function isInTrouble(response: Response): Promise<boolean> {
  // A proxy speaks for a server that is not there.
  if (response.status === 502 || response.status === 503 || response.status === 504) return true;
  if (!response.ok || !response.headers.get('content-type')?.includes('json')) return false;
  const text = await response.clone().text();
  // Seldom there, and else nothing is parsed twice.
  return text.includes('"type":"error"') && codesIn(text).some(isTrouble);
}

type Node = { type: string; error?: App.Error } | null;

function codesIn(text: string): (string | undefined)[] {
  const { nodes = [] } = JSON.parse(text.split('\n', 1)[0] ?? '') as { nodes?: Node[] };
  return nodes.map((node) => node?.error?.code);
}
