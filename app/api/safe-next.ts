/** Where to go after sign-in: a path of this site, or the overview. Never another origin. */
export function safeNext(next: string | null): string {
  if (next === null || !next.startsWith('/') || /^\/[/\\]/.test(next) || next.includes('\\')) return '/';
  const url = new URL(next, 'http://admiral.invalid');
  return url.origin === 'http://admiral.invalid' && url.pathname !== '/sign-out' ? url.pathname + url.search : '/';
}
