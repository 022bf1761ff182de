import type { Pool } from 'pg';

/** Dead letters that are kept, and for how long. */
const MAX_DEAD_LETTERS = 10_000;
const DEAD_LETTER_DAYS = 30;

/** Makes the partitions of the days around now where they are missing; returns how many it made. */
export async function ensurePartitions(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ made: number }>('SELECT admiral.ensure_partitions() AS made');
  return rows[0]?.made ?? 0;
}

/** Drops whole days of metrics that are older than `keepDays`; returns how many partitions went. */
export async function dropOldPartitions(pool: Pool, keepDays: number): Promise<number> {
  const { rows } = await pool.query<{ dropped: number }>('SELECT admiral.drop_old_partitions($1) AS dropped', [
    keepDays,
  ]);
  return rows[0]?.dropped ?? 0;
}

/** Deletes the dead letters that are too old or too many; returns how many. */
export async function trimDeadLetters(pool: Pool, max = MAX_DEAD_LETTERS): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM admiral.metric_dead_letters
      WHERE at < now() - make_interval(days => $1)
         OR id IN (SELECT id FROM admiral.metric_dead_letters ORDER BY at DESC, id OFFSET $2)`,
    [DEAD_LETTER_DAYS, max],
  );
  return rowCount ?? 0;
}
