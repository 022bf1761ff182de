/** Classes of SQLSTATE that say something of the data: invalid value, violated constraint, wrong number of rows. */
const DATA_CLASSES = ['22', '23', '21'];

/**
 * Whether the database refused the rows themselves. Everything else (gone, full, starting, locked, not migrated) is a fault of
 * the database, after which the same rows are tried again.
 */
export function isDataFault(error: unknown): boolean {
  const code = sqlState(error);
  return code !== undefined && DATA_CLASSES.includes(code.slice(0, 2)) && !isMissingPartition(error);
}

/** No partition for the day of a row: the partitions were not made in time. */
export function isMissingPartition(error: unknown): boolean {
  return sqlState(error) === '23514' && error instanceof Error && error.message.includes('no partition of relation');
}

function sqlState(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
