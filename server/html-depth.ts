/** Elements that HTML closes by itself, or that hold nothing: they add no lasting depth. */
const flat = new Set(
  'area base br col embed hr img input link meta param source track wbr p li td th tr option dt dd thead tbody tfoot'.split(
    ' ',
  ),
);
const maxDepth = 400;

/**
 * Whether markup nests so deep that the HTML parsers, which search and shift their stack for each
 * tag, go quadratic: 1 MB of `<div>` took 8.7 s. Real mails stay under 60.
 */
export function isTooDeep(html: string): boolean {
  let depth = 0;
  for (const [, slash, name] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    if (flat.has((name ?? '').toLowerCase())) continue;
    depth = slash ? Math.max(0, depth - 1) : depth + 1;
    if (depth > maxDepth) return true;
  }
  return false;
}
