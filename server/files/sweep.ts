import { asSystem } from '#server/database/actor.ts';
import { fileHome } from '#server/files.ts';
import type { FileHome } from './home.ts';

const batch = 500;
/** Longer than any upload takes: younger bytes may still be waiting for their row. */
const graceMs = 24 * 3600 * 1000;

/**
 * Removes bytes that no row names: those of a removed file, and of an upload that died between bytes and row. For a
 * nightly job. Returns how many went.
 */
export async function sweep(home: FileHome = fileHome(), before = new Date(Date.now() - graceMs)): Promise<number> {
  let removed = 0;
  let keys: string[] = [];
  for await (const key of home.keysBefore(before)) {
    if (keys.push(key) < batch) continue;
    removed += await removeUnknown(home, keys);
    keys = [];
  }
  return removed + (await removeUnknown(home, keys));
}

async function removeUnknown(home: FileHome, keys: string[]): Promise<number> {
  if (keys.length === 0) return 0;
  const known = await asSystem(
    null,
    ({ sql }) => sql<{ storageKey: string }[]>`
      select storage_key from lotse.files where storage_key = any (${keys})
      union all
      select storage_key from lotse.mail_files where storage_key = any (${keys})
      union all
      select storage_key from lotse.mails where storage_key is not null and storage_key = any (${keys})
    `,
    { readOnly: true },
  );
  const kept = new Set(known.map(({ storageKey }) => storageKey));
  const lost = keys.filter((key) => !kept.has(key));
  await home.remove(lost);
  return lost.length;
}
