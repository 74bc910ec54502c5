export type Theme = 'system' | 'light' | 'dark';

/** app.html reads the cookie before the first paint. */
const cookie = 'lotse_theme';

export function currentTheme(): Theme {
  const theme = typeof document === 'undefined' ? undefined : document.documentElement.dataset['theme'];
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  const age = theme === 'system' ? 0 : 400 * 24 * 3600;
  document.cookie = `${cookie}=${theme}; path=/; max-age=${age}; samesite=lax`;
}
