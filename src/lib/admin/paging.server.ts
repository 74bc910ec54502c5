import { z } from 'zod';

/** The rows of a page, and the address of the older ones where there are any. */
export function pageOf<T extends { id: string }>(rows: T[], size: number, url: URL) {
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  if (rows.length <= size || !last) return { rows: shown, older: null };
  const query = new URLSearchParams(url.searchParams);
  query.set('before', last.id);
  return { rows: shown, older: `?${query}` };
}

/** The row that the page before ended with; anything else in the address is not one. */
export function beforeIn(url: URL): string | undefined {
  return z.uuid().safeParse(url.searchParams.get('before')).data;
}
