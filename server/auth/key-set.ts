import { z } from 'zod';
import { keyFrom, type VerifyingKey, type VerifyingKeys } from './tokens.ts';

type Source = { url: string; issuer: string; fetch: typeof globalThis.fetch };

const keepMs = 10 * 60_000;
// Somebody sending made-up key ids, or a project that is away, must not make us ask at every request.
const pauseMs = 30_000;

const keySet = z.object({ keys: z.array(z.unknown()).max(50) });

/** The public keys of a project, fetched once and again when they are old or a new key id turns up. */
export function projectKeys(source: Source): VerifyingKeys {
  let keys = new Map<string | undefined, VerifyingKey>();
  let fetchedAt = -Infinity;
  let askedAt = -Infinity;
  let asking: Promise<void> | null = null;

  async function refresh(): Promise<void> {
    const response = await source.fetch(source.url, { signal: AbortSignal.timeout(5_000) });
    if (!response.ok) throw new Error(`The key set of the Supabase project answered ${response.status}.`);
    const found = keySet.parse(await response.json()).keys.map(keyFrom);
    keys = new Map(found.flatMap((entry) => (entry ? [[entry.keyId, entry.key] as const] : [])));
    fetchedAt = Date.now();
  }

  async function find(keyId: string | undefined): Promise<VerifyingKey | null> {
    const isFresh = keys.has(keyId) && Date.now() - fetchedAt < keepMs;
    if (!isFresh && Date.now() - askedAt > pauseMs) {
      askedAt = Date.now();
      asking = refresh().finally(() => (asking = null));
    }
    // Who holds a known key need not wait for news, nor fail with it.
    if (asking && !keys.has(keyId)) await asking;
    else asking?.catch(() => undefined);
    return keys.get(keyId) ?? null;
  }

  return { issuer: source.issuer, find };
}
