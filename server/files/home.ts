import { createHash } from 'node:crypto';
import { AppError } from '#lib/shared/errors.ts';

export type Stored = { storageKey: string; sha256: string; size: number };

/** Both ends count, as in HTTP. */
export type Range = { start: number; end: number };

/** One of the two places where bytes can live. Keys are made by the home and never told to anybody outside. */
export type FileHome = {
  put(bytes: AsyncIterable<Uint8Array>, most: number): Promise<Stored>;
  open(storageKey: string, range?: Range): Promise<ReadableStream<Uint8Array>>;
  remove(storageKeys: string[]): Promise<void>;
  /** The keys of bytes that were written before `before`, for the sweep. */
  keysBefore(before: Date): AsyncIterable<string>;
};

// Random, not the hash: the same file sent twice is two, so that sweeping one can never take the other's bytes.
const keyShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Keys come out of the database; one that is no key must not become a path. */
export function checked(storageKey: string): string {
  if (!keyShape.test(storageKey)) throw new AppError('file.notFound');
  return storageKey;
}

export function isKey(name: string): boolean {
  return keyShape.test(name);
}

/** Hashes and counts what flows past, and stops what is larger than allowed while it still flows. */
export function measure(most: number) {
  const hash = createHash('sha256');
  let size = 0;
  return {
    async *through(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const part of bytes) {
        size += part.length;
        if (size > most) throw new AppError('file.tooLarge', { most });
        hash.update(part);
        yield part;
      }
    },
    result: () => ({ sha256: hash.digest('hex'), size }),
  };
}
