// What a customer typed survives a closed page. The key is no secret of its own: the ticket's token is not written to disk.

const keyOf = (token: string) => `lotse:reply:${token.slice(0, 8)}`;

export function keptText(token: string): string {
  try {
    return localStorage.getItem(keyOf(token)) ?? '';
  } catch (error) {
    console.warn('Storage is closed to this page', error);
    return '';
  }
}

export function keepText(token: string, text: string): void {
  try {
    if (text) localStorage.setItem(keyOf(token), text);
    else localStorage.removeItem(keyOf(token));
  } catch (error) {
    console.warn('Storage is closed to this page', error);
  }
}
