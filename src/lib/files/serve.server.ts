import { isPicture } from '#lib/shared/conversation.ts';
import type { ServedFile } from '#server/domain/conversation/file.ts';
import { open, type Range } from '#server/files.ts';

/**
 * A stored file as an answer. Only raster pictures are shown in place; whatever else somebody sent is downloaded, and would run
 * nothing even if a browser opened it. Nothing is cached: the next reader's rights are asked again.
 */
export async function serve(file: ServedFile, request: Request): Promise<Response> {
  const asked = request.headers.get('range');
  const range = asked ? rangeIn(asked, file.size) : null;
  const headers = headersFor(file, new URL(request.url).searchParams.has('download'));
  if (range === 'unsatisfiable') {
    return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${file.size}` } });
  }
  if (!range) {
    const body = file.size > 0 ? await open(file.storageKey) : null;
    return new Response(body, { headers: { ...headers, 'content-length': String(file.size) } });
  }
  const part = {
    'content-length': String(range.end - range.start + 1),
    'content-range': `bytes ${range.start}-${range.end}/${file.size}`,
  };
  return new Response(await open(file.storageKey, range), { status: 206, headers: { ...headers, ...part } });
}

function headersFor(file: ServedFile, download: boolean): Record<string, string> {
  const inPlace = isPicture(file) && !download;
  const kind = inPlace ? 'inline' : 'attachment';
  return {
    'content-type': /^[\w.+-]+\/[\w.+-]+$/.test(file.mime) ? file.mime : 'application/octet-stream',
    'content-disposition': `${kind}; filename="${plain(file.name)}"; filename*=UTF-8''${extended(file.name)}`,
    'accept-ranges': 'bytes',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  };
}

/** One range as RFC 9110 §14 writes it. Null, and with it the whole file, for several of them or for what cannot be read. */
export function rangeIn(header: string, size: number): Range | 'unsatisfiable' | null {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header.trim()) ?? [];
  if (from === undefined || to === undefined || (!from && !to)) return null;
  const start = from ? Number(from) : Math.max(0, size - Number(to));
  const end = from && to ? Math.min(Number(to), size - 1) : size - 1;
  if (from && to && Number(to) < start) return null;
  return start > end ? 'unsatisfiable' : { start, end };
}

/** For old readers of the header. */
function plain(name: string): string {
  return name.replace(/[^\x20-\x7e]|["\\%;]/g, '_');
}

/** RFC 8187. */
function extended(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}
