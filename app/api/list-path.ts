/** Path of a list in the api with those filters of the page's address that the list knows. */
export function listPath(
  path: string,
  url: string,
  names: readonly string[],
  more: Record<string, string> = {},
): string {
  const given = new URL(url).searchParams;
  const query = new URLSearchParams(more);
  for (const name of ['search', 'cursor', ...names]) {
    const value = given.get(name)?.trim();
    if (value) query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}
