import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';

import { lockFile } from './file-lock.ts';

it('lets one in at a time and tells the one who waits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'file-lock-'));
  const file = join(folder, 'lock');
  const order: string[] = [];
  try {
    const unlockFirst = await lockFile(file, () => order.push('first waits'));
    let second: Promise<void> | undefined;
    await new Promise<void>((resolve) => {
      second = lockFile(file, () => {
        order.push('second waits');
        resolve();
      }).then((unlockSecond) => {
        order.push('second in');
        return unlockSecond();
      });
    });
    order.push('first out');
    await unlockFirst();
    await second;
    expect(order).toEqual(['second waits', 'first out', 'second in']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
