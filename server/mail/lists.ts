type Headers = Map<string, string[]>;

/**
 * Whether an address is the one at which a list takes mail: by List-Post (RFC 2369, 3.4), and where a list does not say it, by List-Id
 * (RFC 2919, 2: dots for the @).
 */
export function isListAddress(headers: Headers, address: string): boolean {
  const posts = (headers.get('list-post') ?? []).join(' ').toLowerCase();
  const ids = (headers.get('list-id') ?? []).map((value) => /<([^<>]*)>\s*$/.exec(value)?.[1]?.toLowerCase());
  return posts.includes(`<mailto:${address}>`) || ids.includes(address.replace('@', '.'));
}
