/** A document for a frame that runs nothing: a policy of its own, besides the page's; its links open elsewhere. */
export function framed(html: string): string {
  const head =
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'">` +
    '<meta name="referrer" content="no-referrer"><base target="_blank">';
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (tag) => tag + head) : head + html;
}
