import { z } from 'zod';
import { findOddText } from './refuse-odd-text.ts';
import { RefusedError, type FieldError } from './refused-error.ts';

const NOTHING = z.strictObject({}).optional();

/** One part of the request by its contract; without a contract it must be empty. Throws invalid_request with every fault. */
export function parseInput(
  contract: z.ZodType | undefined,
  value: unknown,
  part: 'params' | 'query' | 'body',
): unknown {
  const odd = findOddText(value);
  if (odd) throw invalid([odd]);
  const parsed = (contract ?? NOTHING).safeParse(value);
  if (parsed.success) return contract ? parsed.data : undefined;
  throw invalid(faultsOf(parsed.error, part));
}

function invalid(errors: FieldError[]): RefusedError {
  const [first] = errors;
  const where = first?.path ? `${first.path}: ` : '';
  return new RefusedError('invalid_request', `${where}${first?.message ?? 'The request is not valid'}.`, errors);
}

type Issue = z.core.$ZodIssue;

function faultsOf(error: z.ZodError, part: string): FieldError[] {
  return error.issues
    .flatMap((issue) => flatten(issue, []))
    .map(({ path, message }) => ({ path: path || part, message }));
}

/** A fault in a union names the faults of the branch that came nearest. */
function flatten(issue: Issue, prefix: PropertyKey[]): FieldError[] {
  const at = [...prefix, ...issue.path];
  const path = at.map(String).join('.');
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? [];
    return nearest.flatMap((inner) => flatten(inner, at));
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...at.map(String), key].join('.'), message: 'is not a known field' }));
  }
  return [{ path, message: issue.message }];
}
