import type { AuthHome } from './home.ts';

// The tabs of a woken laptop ask all at once with one refresh token, which works once. 30 s: until each has the new cookie.
const keepMs = 30_000;

const running = new Map<string, Promise<Response>>();

/** The home's fetch, where the same refresh asked for several times is done once and answered to all. */
export function shareRefreshes(home: AuthHome): typeof globalThis.fetch {
  return async (input, init) => {
    const isRefresh = String(input).includes('grant_type=refresh_token');
    if (!isRefresh || typeof init?.body !== 'string') return home.fetch(input, init);
    const { body } = init;
    const answer = running.get(body) ?? remember(body, home.fetch(input, init));
    return (await answer).clone();
  };
}

function remember(body: string, answer: Promise<Response>): Promise<Response> {
  running.set(body, answer);
  setTimeout(() => running.delete(body), keepMs).unref();
  // What failed may be tried again at once.
  answer.then((response) => response.ok || running.delete(body)).catch(() => running.delete(body));
  return answer;
}
