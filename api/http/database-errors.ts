/** Prisma's code of a unique index that refused a row. */
const UNIQUE = 'P2002';
/** Prisma: server not reachable, timed out, connection closed, pool timed out, transaction could not start. */
const UNAVAILABLE = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08001',
]);

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === UNIQUE;
}

/** Whether Postgres was away, rather than the statement wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined && (UNAVAILABLE.has(code) || NETWORK.has(code))) return true;
  const text = error instanceof Error ? error.message : '';
  return /can't reach database server|connection terminated|timeout exceeded when trying to connect|server has closed the connection|DatabaseNotReachable|ConnectionClosed/i.test(
    text,
  );
}
