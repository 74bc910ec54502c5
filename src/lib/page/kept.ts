// What a customer typed survives a closed page. The key is no secret of its own: the ticket's token is not written to disk.

const keyOf = (token: string) => `lotse:reply:${token.slice(0, 8)}`;

export function keptText(token: string): string {
  try {
    return localStorage.getItem(keyOf(token)) ?? '';
  } catch {
    // A browser that keeps nothing for this page: then the field alone holds it.
    return '';
  }
}

/** False where the browser keeps nothing. */
export function keepText(token: string, text: string): boolean {
  try {
    if (text) localStorage.setItem(keyOf(token), text);
    else localStorage.removeItem(keyOf(token));
    return true;
  } catch {
    return false;
  }
}
