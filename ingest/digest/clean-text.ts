/** Text that Postgres can hold: without NUL, and without halves of surrogate pairs. */
export function cleanText(text: string): string {
  // Through UTF-8 and back: a half becomes the replacement character.
  return Buffer.from(text.replaceAll('\u0000', ''), 'utf8').toString('utf8');
}

/** The same for every text within a JSON value, keys included. */
export function cleanJson(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanJson);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), cleanJson(inner)]));
  }
  return value;
}
