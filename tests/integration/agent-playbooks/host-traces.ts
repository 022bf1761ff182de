import type { Fleet } from '../../fleet/fleet.ts';

/** Paths that change by themselves, and the package manager's own records. */
const RESTLESS = [
  '/proc',
  '/sys',
  '/dev',
  '/run',
  '/tmp',
  '/var/tmp',
  '/var/cache',
  '/var/lib/apt',
  '/var/lib/dpkg',
  '/var/lib/systemd',
  '/var/lib/ucf',
  '/var/log/journal',
  '/var/log/apt',
  '/var/log/wtmp.db',
  '/var/log/wtmp',
  '/var/log/lastlog',
  '/root/.ansible',
  '/home/ops/.ansible',
];

/** Everything a deployment could leave on a host: paths, users, groups, units, packages, programs that run. */
export async function listTraces(fleet: Fleet, host: string): Promise<string[]> {
  const ask = async (argv: string[]) => {
    const { stdout } = await fleet.exec(host, argv);
    return stdout.split('\n').filter(Boolean);
  };
  const prune = RESTLESS.flatMap((path, index) => [...(index ? ['-o'] : []), '-path', path]);
  const paths = await ask(['find', '/', '-xdev', '(', ...prune, ')', '-prune', '-o', '-print']);
  const packages = await ask(['dpkg-query', '-W', '-f', '${db:Status-Abbrev} ${Package}\n']);
  const units = await ask(['systemctl', 'list-unit-files', '--no-legend', '--plain', '--type=service,timer,socket']);
  const loaded = await ask(['systemctl', 'list-units', '--all', '--no-legend', '--plain', 'nodepulse*', 'prometheus*']);
  const programs = await ask(['ps', '-eo', 'user:20,args', '--no-headers']);
  return [
    ...paths.filter((path) => !path.startsWith('/etc/.pwd') && !/\/__pycache__|^\/etc\/.*-$/.test(path)),
    ...(await ask(['cut', '-d:', '-f1', '/etc/passwd'])).map((name) => `user ${name}`),
    ...(await ask(['cut', '-d:', '-f1', '/etc/group'])).map((name) => `group ${name}`),
    ...packages.map((name) => `package ${name}`),
    ...units.map((unit) => `unit ${unit.replace(/\s+/g, ' ').trim()}`),
    ...loaded.map((unit) => `loaded ${unit}`),
    ...programs.filter((line) => /nodepulse|prometheus/.test(line)).map((line) => `program ${line.trim()}`),
  ].sort();
}
