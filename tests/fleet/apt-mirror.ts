import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian's packages come from: the archive and, where the machine has it, the security archive. */
export interface AptMirror {
  archive: string;
  security?: string;
}

interface AptEntry {
  uri: string;
  suites: string[];
  components: string[];
}

/** This machine's apt sources name no Debian archive. */
export class NoMirrorError extends Error {
  readonly code = 'fleet_no_mirror';
  constructor() {
    super('No Debian archive in /etc/apt: set ADMIRAL_FLEET_MIRROR to the address of one.');
    this.name = 'NoMirrorError';
  }
}

/** Reads the machine's own apt sources (`folder`, default /etc/apt). @throws NoMirrorError */
export function findAptMirror(folder = '/etc/apt'): AptMirror {
  const given = process.env['ADMIRAL_FLEET_MIRROR'];
  if (given) return { archive: given };
  const entries = readSources(folder).flatMap(({ file, text }) =>
    file.endsWith('.sources') ? parseDeb822(text) : parseOneLine(text),
  );
  const debian = entries.filter((entry) => entry.components.includes('main') && !hasUserInfo(entry.uri));
  const archive = debian.find((entry) => entry.suites.some((suite) => /^[a-z]+-updates$/.test(suite)));
  const security = debian.find((entry) => entry.suites.some((suite) => /^[a-z]+-security$/.test(suite)));
  const plain = archive ?? debian.find((entry) => /\/debian\/?$/.test(entry.uri));
  if (!plain) throw new NoMirrorError();
  return { archive: plain.uri, ...(security && { security: security.uri }) };
}

/** The deb822 form: `Types`, `URIs`, `Suites`, `Components`, one stanza per source. */
export function parseDeb822(text: string): AptEntry[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const lines = stanza.split('\n').filter((line) => !line.startsWith('#'));
    const words = (name: string) => {
      const line = lines.find((candidate) => candidate.toLowerCase().startsWith(`${name}:`));
      return line
        ? line
            .slice(name.length + 1)
            .split(/\s+/)
            .filter(Boolean)
        : [];
    };
    if (!words('types').includes('deb') || words('enabled')[0] === 'no') return [];
    return words('uris').map((uri) => ({ uri, suites: words('suites'), components: words('components') }));
  });
}

/** The one-line form: `deb [options] uri suite component…`. */
export function parseOneLine(text: string): AptEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line);
    if (!match) return [];
    const [, uri = '', suite = '', components = ''] = match;
    return [{ uri, suites: [suite], components: components.split(/\s+/).filter(Boolean) }];
  });
}

function readSources(folder: string): { file: string; text: string }[] {
  const parts = join(folder, 'sources.list.d');
  const files = [join(folder, 'sources.list')];
  try {
    files.push(...readdirSync(parts).map((name) => join(parts, name)));
  } catch {
    // A machine without the folder has all its sources in the one file.
  }
  return files.flatMap((file) => {
    try {
      return /\.(list|sources)$/.test(file) ? [{ file, text: readFileSync(file, 'utf8') }] : [];
    } catch {
      return [];
    }
  });
}

/** An address with a name and password in it is a secret of the machine and never goes into a tree. */
function hasUserInfo(uri: string): boolean {
  return (
    uri
      .replace(/^[a-z]+:\/\//, '')
      .split('/')[0]
      ?.includes('@') ?? false
  );
}
