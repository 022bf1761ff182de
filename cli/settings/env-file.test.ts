import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvFile } from './env-file.ts';

describe('a .env file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'env-file-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const read = (text: string) => {
    const file = join(folder, '.env');
    writeFileSync(file, text);
    return readEnvFile(file);
  };

  it('holds names and values, with comments and quotes, and expands nothing', () => {
    const text = '# comment\n\nA=1\nexport B = "two words"\nC=\'x=y\'\nD=$HOME\nE=\n';
    expect(read(text)).toEqual({ A: '1', B: 'two words', C: 'x=y', D: '$HOME', E: '' });
  });

  it('says which line it does not understand', () => {
    expect(() => read('A=1\nlower=2\n')).toThrow(/line 2: write it as NAME=value/);
  });

  it('may be missing', () => {
    expect(readEnvFile(join(folder, 'none'))).toEqual({});
  });
});
