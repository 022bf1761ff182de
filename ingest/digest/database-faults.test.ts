import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { isDataFault, isMissingPartition } from './database-faults.ts';

function databaseError(code: string, message = 'x'): Error {
  return Object.assign(new pg.DatabaseError(message, 1, 'error'), { code });
}

describe('a fault of a transaction', () => {
  it('lies with the data only where the database says so', () => {
    for (const code of ['22003', '22P02', '22021', '23502', '23505', '23514', '21000']) {
      expect([code, isDataFault(databaseError(code))]).toEqual([code, true]);
    }
    const ofTheDatabase = [
      '08006',
      '53100',
      '53300',
      '57P01',
      '57P03',
      '40001',
      '40P01',
      '42P01',
      '42501',
      '25006',
      '57014',
    ];
    for (const code of ofTheDatabase) expect([code, isDataFault(databaseError(code))]).toEqual([code, false]);
    for (const code of ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE']) {
      expect([code, isDataFault(Object.assign(new Error('x'), { code }))]).toEqual([code, false]);
    }
    for (const error of [new Error('Connection terminated'), new Error('timeout'), undefined, null, 'x']) {
      expect(isDataFault(error)).toBe(false);
    }
  });

  it('is a missing partition where that is what the message says', () => {
    const missing = databaseError('23514', 'no partition of relation "metrics" found for row');
    expect([isMissingPartition(missing), isDataFault(missing)]).toEqual([true, false]);
    expect(isMissingPartition(databaseError('23514', 'violates check constraint'))).toBe(false);
  });
});
