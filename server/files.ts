import { config } from './config.ts';
import { orFault } from './database/fault.ts';
import { folderHome } from './files/folder.ts';
import type { FileHome, Range, Stored } from './files/home.ts';
import { storageHome } from './files/storage.ts';

export type { Range, Stored };
export { sweep } from './files/sweep.ts';

let opened: FileHome | undefined;

/** Where bytes live: the Supabase project's storage, or a folder. Chosen by the configuration, once. */
export function fileHome(): FileHome {
  const { supabase, filesDir } = config();
  return (opened ??= supabase ? storageHome(supabase) : folderHome(filesDir));
}

/**
 * Keeps bytes for good: when this resolves they survive a power cut. Their row comes second; bytes that never get one
 * are swept a day later.
 * @throws AppError('file.tooLarge') beyond `most` bytes, Fault('disk.full') and the like
 */
export function put(bytes: Uint8Array | AsyncIterable<Uint8Array>, options?: { most?: number }): Promise<Stored> {
  return orFault(fileHome().put(Symbol.asyncIterator in bytes ? bytes : once(bytes), options?.most ?? Infinity));
}

/** A stream of all bytes or of a part. Throws AppError('file.notFound') where there are none. */
export function open(storageKey: string, range?: Range): Promise<ReadableStream<Uint8Array>> {
  return fileHome().open(storageKey, range);
}

/** All bytes at once, for what is small or must be whole anyway. */
export async function read(storageKey: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of await open(storageKey)) parts.push(part);
  return Buffer.concat(parts);
}

/** Gone already is fine. */
export function remove(storageKey: string): Promise<void> {
  return fileHome().remove([storageKey]);
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
