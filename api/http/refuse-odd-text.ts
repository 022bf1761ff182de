import type { FieldError } from './refused-error.ts';

const ODD = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * Text that no database stores: NUL, or half of a surrogate pair. Gives where it stands, in keys as well as in values; nesting deeper than
 * `maxDepth` is refused too.
 */
export function findOddText(value: unknown, path = '', maxDepth = 20): FieldError | undefined {
  if (typeof value === 'string') {
    return ODD.test(value) ? { path, message: 'must be text without NUL and without broken characters' } : undefined;
  }
  if (value === null || typeof value !== 'object') return undefined;
  if (maxDepth === 0) return { path, message: 'is nested too deeply' };
  for (const [key, inner] of Object.entries(value)) {
    if (ODD.test(key)) return { path, message: 'must have names without NUL and without broken characters' };
    const found = findOddText(inner, path === '' ? key : `${path}.${key}`, maxDepth - 1);
    if (found) return found;
  }
  return undefined;
}
