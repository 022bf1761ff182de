// A deployment of five short tasks to 20 local connections, against bare ansible-playbook with the same files, in turn.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { startInstallation } from '../support/installation.ts';
import { LOCAL_TARGETS, localDeployments } from '../support/local-deployments.ts';
import { until } from '../support/until.ts';
import { median, reportFigures } from './report-figures.ts';

const HOSTS = 20;
const PAIRS = 5;
const FORKS = '100';
const ansible = join(process.cwd(), '.tools', 'venv', 'bin', 'ansible-playbook');

const work = await mkdtemp(join(tmpdir(), 'admiral-bench-'));
const admiral = await startInstallation({ env: LOCAL_TARGETS });
try {
  const runs = localDeployments(admiral);
  const servers = await runs.addServers(HOSTS);

  const ours = async () => {
    const began = performance.now();
    const id = await runs.create('test/overhead', servers, { folder: work });
    const end = await runs.waitForEnd(id);
    if (end.state !== 'succeeded') throw new Error(`the deployment ended as ${end.state}`);
    return (performance.now() - began) / 1000;
  };

  // The first one is not counted; the folder of its run is what bare Ansible gets.
  const warming = runs.create('test/overhead', servers, { folder: work });
  const folder = join(admiral.home, 'runs', await warming);
  await until('the run folder is laid out', async () => {
    const names = await readdir(join(folder, 'attempts', '1')).catch((): string[] => []);
    return names.includes('supervisor.json');
  });
  await cp(join(folder, 'snapshot'), join(work, 'snapshot'), { recursive: true });
  for (const name of ['inventory.json', 'vars.json', 'ssh_config', 'known_hosts']) {
    await cp(join(folder, 'attempts', '1', name), join(work, name)).catch(() => undefined);
  }
  await runs.waitForEnd(await warming);

  const bare = async () => {
    const began = performance.now();
    const inventory = ['--inventory', join(work, 'inventory.json'), '--extra-vars', `@${join(work, 'vars.json')}`];
    const child = spawn(ansible, [...inventory, '--forks', FORKS, 'playbook.yml'], {
      cwd: join(work, 'snapshot'),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: [dirname(ansible), '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(delimiter),
        HOME: work,
        LANG: 'C.UTF-8',
        TZ: 'UTC',
        PYTHONDONTWRITEBYTECODE: '1',
        ANSIBLE_CONFIG: join(work, 'snapshot', 'ansible.cfg'),
        ANSIBLE_NOCOLOR: '1',
      } as unknown as NodeJS.ProcessEnv,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    if (code !== 0) throw new Error(`bare Ansible ended with ${String(code)}:\n${output.slice(-2000)}`);
    return (performance.now() - began) / 1000;
  };

  const times = { ours: [] as number[], bare: [] as number[] };
  await bare();
  for (let pair = 0; pair < PAIRS; pair += 1) {
    times.bare.push(await bare());
    times.ours.push(await ours());
    console.log(
      `pair ${String(pair + 1)}: bare ${times.bare.at(-1)!.toFixed(2)} s, ours ${times.ours.at(-1)!.toFixed(2)} s`,
    );
  }
  await readFile(join(work, `written-${servers[0]!}`));
  const allowed = times.bare.map((seconds) => 1.15 * seconds + 2);
  await admiral.stop({ remove: true });
  await rm(work, { recursive: true, force: true });
  reportFigures('run-overhead', [
    { id: 'ours_seconds', value: median(times.ours), bar: null },
    { id: 'bare_seconds', value: median(times.bare), bar: null },
    { id: 'ours_of_allowed', value: median(times.ours.map((seconds, index) => seconds / allowed[index]!)), bar: 1 },
  ]);
} catch (error) {
  await admiral.stop({ remove: true });
  throw error;
}
