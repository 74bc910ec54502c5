import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { AppError } from '#lib/shared/errors.ts';
import { checked, isKey, measure, type FileHome } from './home.ts';

const bucket = 'lotse-files';
const timeoutMs = 120_000;
/** Storage lists at most this many at once. */
const page = 1000;

type Project = { url: string; secretKey: string };

/** A private bucket of the Supabase project. Reached by the server alone, with the secret key; nobody gets a signed URL. */
export function storageHome({ url, secretKey }: Project): FileHome {
  const client = createClient(url, secretKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) }) },
  });
  let made: Promise<void> | undefined;

  async function ensureBucket(): Promise<void> {
    const { error } = await client.storage.createBucket(bucket, { public: false });
    if (error && !/exist|duplicate/i.test(error.message)) throw error;
  }

  async function files() {
    made ??= ensureBucket().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    await made;
    return client.storage.from(bucket);
  }

  return {
    async put(bytes, most) {
      const storageKey = randomUUID();
      const meter = measure(most);
      // Whole in memory: a stream could not be sent again when the first try fails. The limit at the door bounds it.
      const parts: Uint8Array[] = [];
      for await (const part of meter.through(bytes)) parts.push(part);
      const body = new Blob(parts as BlobPart[], { type: 'application/octet-stream' });
      const { error } = await (await files()).upload(storageKey, body, { contentType: 'application/octet-stream' });
      if (error) throw error;
      return { storageKey, ...meter.result() };
    },

    async open(storageKey, range) {
      const home = await files();
      if (range) home.setHeader('range', `bytes=${range.start}-${range.end}`);
      const { data, error } = await home.download(checked(storageKey)).asStream();
      if (error) throw isMissing(error) ? new AppError('file.notFound') : error;
      return data as ReadableStream<Uint8Array>;
    },

    async remove(storageKeys) {
      if (storageKeys.length === 0) return;
      const { error } = await (await files()).remove(storageKeys.map(checked));
      if (error) throw error;
    },

    async *keysBefore(before) {
      const home = await files();
      for (let offset = 0; ; offset += page) {
        const { data, error } = await home.list('', { limit: page, offset, sortBy: { column: 'name', order: 'asc' } });
        if (error) throw error;
        for (const { name, created_at } of data) {
          if (isKey(name) && created_at && new Date(created_at) < before) yield name;
        }
        if (data.length < page) return;
      }
    },
  };
}

function isMissing(error: Error): boolean {
  return 'status' in error && (error.status === 404 || error.status === 400);
}
