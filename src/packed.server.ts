/** Below this a single packet carries it and packing gains nothing. */
const worthIt = 1_400;

/**
 * The same response, gzipped for whoever takes it: a board's page is 200 KB of HTML, ten thousand cards are 5 MB of JSON, and a
 * tenth of either packed. Files are sent as they are.
 */
export function packed(request: Request, response: Response): Response {
  const { headers: given, body, status } = response;
  const accepts = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
  const isText = /^(text\/html|application\/json)\b/.test(given.get('content-type') ?? '');
  const length = Number(given.get('content-length') ?? Infinity);
  if (!accepts || !isText || !body || length < worthIt || given.has('content-encoding')) return response;
  const headers = new Headers(given);
  headers.delete('content-length');
  headers.set('content-encoding', 'gzip');
  headers.append('vary', 'accept-encoding');
  return new Response(body.pipeThrough(new CompressionStream('gzip')), { status, headers });
}
