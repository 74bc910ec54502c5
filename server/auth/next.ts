/** A path on this site to go on to, or null: an address from outside must not lead away after a sign-in. */
export function localPath(next: unknown): string | null {
  if (typeof next !== 'string' || next.length > 500 || !/^\/[\x21-\x7e]*$/.test(next)) return null;
  const here = 'http://here.invalid';
  const { origin, pathname, search } = new URL(next, here);
  // "/..//elsewhere" becomes "//elsewhere", which a browser reads as another site.
  return origin === here && !pathname.startsWith('//') ? pathname + search : null;
}
