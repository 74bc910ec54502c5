import { z } from 'zod';
import type { Answer } from '#lib/shared/errors.ts';
import type { Filters } from '#lib/shared/filter.ts';
import { toQuery } from '#lib/shared/filter-query.ts';
import type { Beginning, FirstPart, Grouping, Part, Place } from '#lib/shared/parts.ts';
import type { Found, SearchPlace } from '#lib/shared/search.ts';
import type { Beside } from './board.svelte.ts';
import { Unsent, type Call } from './queue.ts';

const timeoutMs = 15_000;
const away = new Set([401, 502, 503, 504]);

// Our own server speaks: the shape is checked, the contents are trusted.
const answerShape = z.union([
  z.object({ ok: z.literal(true), seq: z.number(), result: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string(), detail: z.record(z.string(), z.unknown()) }) }),
]);

/** Reads an answer from wherever it came. @throws Unsent when it is none: then nobody knows whether the command was done */
export function readAnswer(value: unknown): Answer {
  const parsed = answerShape.safeParse(value);
  if (!parsed.success) throw new Unsent('no answer', false);
  return parsed.data;
}

/** Sends a command by POST, where no socket is. */
export async function post(workspace: string, { id, name, input }: Call): Promise<Answer> {
  const response = await reach(`/api/v1/${workspace}/commands`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, name, input }),
  });
  // A server that says itself what it cannot do is asked no second way.
  if (isAnswer(response) && (response.status === 503 || response.status === 429))
    return readAnswer(await bodyOf(response));
  // Signed out, or a proxy speaks for a server that is not there: the command is kept until that has changed.
  if (away.has(response.status)) throw new Unsent(`status ${response.status}`, true);
  if (response.status >= 500 && !isAnswer(response)) throw new Unsent(`status ${response.status}`, false);
  return readAnswer(await bodyOf(response));
}

/** The board's first part, as of now. @throws Unsent when the server is away */
export function fetchFirstPart(workspace: string): Promise<FirstPart> {
  return get<FirstPart>(`/api/v1/${workspace}/board`);
}

/** The part after a place. @throws Unsent when the server is away */
export function fetchPart(workspace: string, after: Place): Promise<Part> {
  return get<Part>(`/api/v1/${workspace}/board?${new URLSearchParams(after)}`);
}

/** What stands beside the cards. @throws Unsent when the server is away */
export function fetchBeside(workspace: string): Promise<Beside> {
  return get<Beside>(`/api/v1/${workspace}/board/beside`);
}

/**
 * The first cards of each column and the counts of all, of the cards that pass the filters.
 * @throws Unsent when the server is away, or `signal` ended it
 */
export function fetchBeginning(workspace: string, { by, filters, signal }: Sifting): Promise<Beginning> {
  const query = toQuery(filters);
  query.set('by', by);
  return get<Beginning>(`/api/v1/${workspace}/board/first?${query}`, signal);
}
type Sifting = { by: Grouping; filters: Filters; signal: AbortSignal };

/** Tickets of all states in which the words stand. @throws Unsent when the server is away, or `signal` ended it */
export function fetchFound(workspace: string, text: string, { after, signal }: Asking): Promise<Found> {
  const query = new URLSearchParams({ q: text, ...(after ? { at: after.at, id: String(after.id) } : {}) });
  return get<Found>(`/api/v1/${workspace}/search?${query}`, signal);
}
type Asking = { after: SearchPlace | null; signal: AbortSignal };

async function get<T>(address: string, signal?: AbortSignal): Promise<T> {
  const response = await reach(address, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) });
  if (!response.ok) throw new Unsent(await reasonOf(response), away.has(response.status));
  // The server's own type: checking ten thousand cards would cost more than reading them.
  return (await bodyOf(response)) as T;
}

/** The code with which our own server refuses, or what a proxy says. */
async function reasonOf(response: Response): Promise<string> {
  if (!isAnswer(response)) return `status ${response.status}`;
  const answer = readAnswer(await bodyOf(response));
  return answer.ok ? `status ${response.status}` : answer.error.code;
}

/** Any request renews the cookies, for as long as the session lives. Null: nobody could say. */
export async function askSession(): Promise<'alive' | 'ended' | null> {
  try {
    const { status } = await reach('/login/session', {});
    return status === 204 ? 'alive' : status === 401 ? 'ended' : null;
  } catch (error) {
    if (!(error instanceof Unsent)) throw error;
    // Offline, or the server restarts: it is asked again with the next attempt.
    return null;
  }
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    const ends = [AbortSignal.timeout(timeoutMs), ...(init.signal ? [init.signal] : [])];
    return await fetch(address, { ...init, signal: AbortSignal.any(ends), redirect: 'manual' });
  } catch (error) {
    throw new Unsent(error instanceof Error ? error.message : 'network', true);
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    // Cut off on the way, or a page where an answer should be: signed out, or a proxy speaks for a server that is down.
    throw new Unsent(error instanceof Error ? error.message : 'unreadable', true);
  }
}

function isAnswer(response: Response): boolean {
  return response.headers.get('content-type')?.includes('application/json') ?? false;
}
