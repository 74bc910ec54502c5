import { aliveAmong } from '#server/auth/alive.ts';
import type { Session } from '#server/auth/session.ts';
import { rightsOfLinks } from '#server/domain/rights.ts';
import { reportUnexpected } from '#server/log.ts';

type Ending = { end(code: string): void };
type Link = { workspaceId: string; linkId: string; expiresAt: string };

const checkMs = 60_000;
/** setTimeout's own limit. */
const longestTimerMs = 2 ** 31 - 1;

/** Each identity has an end: sessions are asked about each minute, in one query, and links as well; a link's own end has a timer. */
export class Ends {
  readonly #sessions = new Map<Ending, Pick<Session, 'sessionId' | 'userId'>>();
  readonly #links = new Map<Ending, Link & { timer: NodeJS.Timeout }>();
  #timer: NodeJS.Timeout | undefined;

  start(): void {
    this.#timer = setInterval(() => {
      this.check().catch((error: unknown) => reportUnexpected(error, { part: 'socket' }));
    }, checkMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  watchSession({ sessionId, userId }: Pick<Session, 'sessionId' | 'userId'>, one: Ending): void {
    this.#sessions.set(one, { sessionId, userId });
  }

  watchLink(link: Link, one: Ending): void {
    // A timer may come a moment before its time, and the wall clock may be set back: what is left is asked again at each.
    const endOnceExpired = () => {
      const leftMs = Date.parse(link.expiresAt) - Date.now();
      if (leftMs <= 0) one.end('link.ended');
      else watched.timer = setTimeout(endOnceExpired, Math.min(leftMs, longestTimerMs)).unref();
    };
    const watched = { ...link, timer: setTimeout(endOnceExpired).unref() };
    this.#links.set(one, watched);
  }

  forget(one: Ending): void {
    this.#sessions.delete(one);
    clearTimeout(this.#links.get(one)?.timer);
    this.#links.delete(one);
  }

  async check(): Promise<void> {
    await Promise.all([this.#checkSessions(), this.#checkLinks()]);
  }

  async #checkSessions(): Promise<void> {
    const watched = [...this.#sessions];
    if (watched.length === 0) return;
    const alive = await aliveAmong(watched.map(([, session]) => session));
    for (const [one, { sessionId }] of watched) if (!alive.has(sessionId)) one.end('session.ended');
  }

  async #checkLinks(): Promise<void> {
    const workspaces = Map.groupBy(this.#links, ([, { workspaceId }]) => workspaceId);
    for (const [workspaceId, watched] of workspaces) {
      const alive = await rightsOfLinks(
        workspaceId,
        watched.map(([, { linkId }]) => linkId),
      );
      for (const [one, { linkId }] of watched) if (!alive.has(linkId)) one.end('link.ended');
    }
  }
}
