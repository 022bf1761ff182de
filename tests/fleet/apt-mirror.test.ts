import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { findAptMirror, NoMirrorError } from './apt-mirror.ts';

describe('findAptMirror', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'apt-mirror-'));
    mkdirSync(join(folder, 'sources.list.d'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('reads stanzas and leaves out sources that are not Debian, or are switched off', () => {
    writeFileSync(
      join(folder, 'sources.list.d', 'debian.sources'),
      [
        'Types: deb\nURIs: http://off.example.com/debian\nSuites: bookworm bookworm-updates\nComponents: main\nEnabled: no',
        'Types: deb\n# a remark\nURIs: http://mirror.example.com/debian\nSuites: bookworm bookworm-updates\nComponents: main',
        'Types: deb\nURIs: http://mirror.example.com/security\nSuites: bookworm-security\nComponents: main contrib',
      ].join('\n\n'),
    );
    writeFileSync(join(folder, 'sources.list.d', 'other.list'), 'deb https://other.example.com/apt tools main\n');
    expect(findAptMirror(folder)).toEqual({
      archive: 'http://mirror.example.com/debian',
      security: 'http://mirror.example.com/security',
    });
  });

  it('reads the one-line form with options', () => {
    writeFileSync(
      join(folder, 'sources.list'),
      'deb [arch=amd64 signed-by=/k.gpg] http://mirror.example.com/debian trixie main contrib # remark\n',
    );
    expect(findAptMirror(folder)).toEqual({ archive: 'http://mirror.example.com/debian' });
  });

  it('never takes an address that carries a password', () => {
    writeFileSync(join(folder, 'sources.list'), 'deb http://name:secret@mirror.example.com/debian trixie main\n');
    expect(() => findAptMirror(folder)).toThrow(NoMirrorError);
  });
});
