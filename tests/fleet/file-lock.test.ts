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
    const waits = new Promise<void>((resolve) => {
      void lockFile(file, () => {
        order.push('second waits');
        resolve();
      }).then(async (unlockSecond) => {
        order.push('second in');
        await unlockSecond();
      });
    });
    await waits;
    order.push('first out');
    await unlockFirst();
    await (
      await lockFile(file, () => undefined)
    )();
    expect(order).toEqual(['second waits', 'first out', 'second in']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
