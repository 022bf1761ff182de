import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { AptMirror } from './apt-mirror.ts';
import { runToEnd } from './run-to-end.ts';
import { downloadedPackages, loginUser, type Suite } from './tree-recipe.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const CA_BUNDLE = 'etc/ssl/certs/ca-certificates.crt';

const enabledUnits = ['systemd-networkd.service', 'ssh.service'] as const;
// Timers that would use apt or the disk in the middle of a test, and a unit that waits for networks the hosts do not have.
const maskedUnits = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'systemd-networkd-wait-online.service',
] as const;

/** Turns a fresh Debian tree into one hosts can start from. Keys, names and addresses come later, into each host's own layer. */
export async function prepareTree(
  tree: string,
  suite: Suite,
  mirror: AptMirror,
  onLine: (line: string) => void,
): Promise<void> {
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text, { mode });
  };
  const inTree = (...argv: string[]) => runToEnd(['--root', tree, ...argv], onLine);

  rmSync(join(tree, 'etc/apt/sources.list'), { force: true });
  write('etc/apt/sources.list.d/debian.sources', aptSources(suite, mirror));
  write('etc/apt/apt.conf.d/90fleet', aptSettings());
  if ([mirror.archive, mirror.security].some((uri) => uri?.startsWith('https:'))) {
    copyFileSync(join('/', CA_BUNDLE), join(tree, CA_BUNDLE));
  }
  copyFileSync('/etc/resolv.conf', join(tree, 'etc/resolv.conf'));
  await inTree('apt-get', '-q', 'update');
  await inTree('apt-get', 'clean');
  await inTree('apt-get', '-q', '-y', '--download-only', 'install', ...downloadedPackages);
  rmSync(join(tree, 'etc/resolv.conf'), { force: true });

  await inTree('useradd', '--create-home', '--shell', '/bin/bash', loginUser);
  write(`etc/sudoers.d/${loginUser}`, `${loginUser} ALL=(ALL) NOPASSWD: ALL\n`, 0o440);
  write('etc/ssh/sshd_config.d/00-fleet.conf', 'UseDNS no\nMaxStartups 100:30:200\n');
  write('etc/machine-id', '');
  for (const unit of enabledUnits) link(tree, `multi-user.target.wants/${unit}`, `/lib/systemd/system/${unit}`);
  for (const unit of maskedUnits) link(tree, unit, '/dev/null');
  for (const name of readdirSync(join(tree, 'etc/ssh'))) {
    if (name.startsWith('ssh_host_')) rmSync(join(tree, 'etc/ssh', name));
  }
  rmSync(join(tree, 'etc/hostname'), { force: true });
}

function link(tree: string, name: string, target: string): void {
  const path = join(tree, 'etc/systemd/system', name);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

function aptSources(suite: Suite, mirror: AptMirror): string {
  const stanza = (uri: string, names: string) =>
    `Types: deb\nURIs: ${uri}\nSuites: ${names}\nComponents: main\nSigned-By: ${KEYRING}\n`;
  const stanzas = [stanza(mirror.archive, `${suite} ${suite}-updates`)];
  if (mirror.security) stanzas.push(stanza(mirror.security, `${suite}-security`));
  return stanzas.join('\n');
}

/** The machine's own apt settings that decide whether a download works, never one with a name and password in it. */
function aptSettings(): string {
  const wanted = /^Acquire::(?:https?::Proxy|Check-Valid-Until|Check-Date) "(?!.*@)[^"]+";$/;
  const dump = execFileSync('apt-config', ['dump'], { encoding: 'utf8' });
  const kept = dump.split('\n').filter((line) => wanted.test(line));
  return ['Acquire::Languages "none";', ...kept, ''].join('\n');
}
