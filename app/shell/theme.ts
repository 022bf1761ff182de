export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const COOKIE = 'admiral_theme';

/** The chosen theme, from a Cookie header; the system's when none was chosen. */
export function themeFromCookie(cookie: string | null): Theme {
  const value = new RegExp(`(?:^|;\\s*)${COOKIE}=([a-z]+)`).exec(cookie ?? '')?.[1];
  return THEMES.find((theme) => theme === value) ?? 'system';
}

/** Keeps the choice for a year and shows it at once. */
export function chooseTheme(theme: Theme): void {
  document.cookie = `${COOKIE}=${theme}; path=/; max-age=31536000; samesite=lax`;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
