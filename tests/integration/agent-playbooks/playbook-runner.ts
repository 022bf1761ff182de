import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fleet } from '../../fleet/fleet.ts';

const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));
const PLAYBOOK_PROGRAM = join(CHECKOUT, '.tools/venv/bin/ansible-playbook');

/** What Admiral gives with a host; every string reaches Ansible as data. */
export interface HostVariables {
  nodepulse_server_id: string;
  nodepulse_endpoint: string;
  nodepulse_agent_token: string;
  nodepulse_ca_pem?: string;
  ansible_user?: string;
}
export interface PlayResult {
  code: number;
  output: string;
  /** From the recap, by host. */
  changed: Record<string, number>;
  failed: Record<string, number>;
  /** The message of the task that failed, by host. */
  messages: Record<string, string>;
}

const unsafe = (text: string) => `!unsafe ${JSON.stringify(text)}`;

/** Runs one of the project's playbooks on hosts of the fleet with plain `ansible-playbook`. */
export async function runPlaybook(
  fleet: Fleet,
  folder: string,
  playbook: string,
  hosts: Record<string, HostVariables>,
  variables: Record<string, unknown> = {},
): Promise<PlayResult> {
  const key = join(folder, 'key');
  writeFileSync(key, fleet.privateKey, { mode: 0o600 });
  const lines = ['all:', '  hosts:'];
  for (const [name, vars] of Object.entries(hosts)) {
    const { sshHost, sshPort } = fleet.host(name);
    const fingerprint = createHash('sha256').update(vars.nodepulse_agent_token).digest('hex');
    lines.push(
      `    ${name}:`,
      `      ansible_host: ${sshHost}`,
      `      ansible_port: ${String(sshPort)}`,
      `      ansible_user: ${vars.ansible_user ?? 'ops'}`,
      `      nodepulse_server_id: ${unsafe(vars.nodepulse_server_id)}`,
      `      nodepulse_endpoint: ${unsafe(vars.nodepulse_endpoint)}`,
      `      nodepulse_agent_token: ${unsafe(vars.nodepulse_agent_token)}`,
      `      nodepulse_agent_token_fingerprint: ${unsafe(fingerprint)}`,
      `      nodepulse_ca_pem: ${unsafe(vars.nodepulse_ca_pem ?? '')}`,
    );
  }
  const inventory = join(folder, 'inventory.yml');
  writeFileSync(inventory, `${lines.join('\n')}\n`, { mode: 0o600 });
  const extra = join(folder, 'variables.json');
  writeFileSync(extra, JSON.stringify(variables), { mode: 0o600 });
  const ssh = '-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR -o ControlMaster=auto';
  const argv = ['-i', inventory, '--private-key', key, '-e', `@${extra}`, '--diff', playbook];
  return new Promise((resolve) => {
    execFile(
      PLAYBOOK_PROGRAM,
      argv,
      {
        cwd: CHECKOUT,
        maxBuffer: 64 << 20,
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          LANG: 'C.UTF-8',
          ANSIBLE_CONFIG: join(CHECKOUT, 'ansible/ansible.cfg'),
          ANSIBLE_HOST_KEY_CHECKING: 'False',
          ANSIBLE_LOCAL_TEMP: join(folder, 'tmp'),
          ANSIBLE_NOCOLOR: '1',
          ANSIBLE_SSH_ARGS: `${ssh} -o ControlPersist=30 -o ControlPath=${folder}/%C`,
        } as unknown as NodeJS.ProcessEnv,
      },
      (error, stdout, stderr) => {
        const output = `${stdout}${stderr}`;
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output, ...readRecap(output) });
      },
    );
  });
}

function readRecap(output: string): Pick<PlayResult, 'changed' | 'failed' | 'messages'> {
  const result: Pick<PlayResult, 'changed' | 'failed' | 'messages'> = { changed: {}, failed: {}, messages: {} };
  const recap = /^(\S+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)/gm;
  for (const [, host = '', changed, unreachable, failed] of output.matchAll(recap)) {
    result.changed[host] = Number(changed);
    result.failed[host] = Number(failed) + Number(unreachable);
  }
  for (const [, host = '', text = ''] of output.matchAll(
    /^fatal: \[([^\]]+)\]: [A-Z]+! => (\{[\s\S]*?^\}|\{.*\})$/gm,
  )) {
    result.messages[host] = (JSON.parse(text) as { msg?: string }).msg ?? text;
  }
  return result;
}
