import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { AppError } from '#lib/shared/errors.ts';
import { checked, isKey, measure, type FileHome } from './home.ts';

const unfinished = '.part';

/** Files below `root`, spread over 256 folders: a folder of a million entries is slow on most file systems. */
export function folderHome(root: string): FileHome {
  const folderOf = (key: string) => join(root, key.slice(0, 2));
  const pathOf = (key: string) => join(folderOf(key), key);

  return {
    async put(bytes, most) {
      const storageKey = randomUUID();
      const path = pathOf(storageKey);
      await mkdir(folderOf(storageKey), { recursive: true, mode: 0o700 });
      const meter = measure(most);
      try {
        await writeWhole(path + unfinished, meter.through(bytes));
        await rename(path + unfinished, path);
        await settle(dirname(path));
      } catch (error) {
        await rm(path + unfinished, { force: true });
        throw error;
      }
      return { storageKey, ...meter.result() };
    },

    async open(storageKey, range) {
      const file = await open(pathOf(checked(storageKey)), 'r').catch(missing);
      const stream = file.createReadStream({ ...range, highWaterMark: 256 * 1024 });
      return Readable.toWeb(stream) as ReadableStream<Uint8Array>;
    },

    async remove(storageKeys) {
      for (const key of storageKeys) await rm(pathOf(checked(key)), { force: true });
    },

    async *keysBefore(before) {
      for (const folder of await namesIn(root)) {
        for (const name of await namesIn(join(root, folder))) {
          const path = join(root, folder, name);
          const written = await stat(path).catch(() => null);
          if (!written || written.mtime >= before) continue;
          // What a crash left half written belongs to nobody.
          if (name.endsWith(unfinished)) await rm(path, { force: true });
          else if (isKey(name)) yield name;
        }
      }
    },
  };
}

async function writeWhole(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const part of bytes) await file.write(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A renamed file is only as durable as the folder that names it. */
async function settle(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function missing(error: NodeJS.ErrnoException): never {
  throw error.code === 'ENOENT' ? new AppError('file.notFound') : error;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
