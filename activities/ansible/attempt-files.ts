import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashPlaybookTree, listPlaybookTree } from '#common/playbooks/hash-playbook-tree.ts';
import type { AttemptPaths } from './run-folder.ts';
import type { RunHost, RunPlan } from './run-plan.ts';

/** The playbook or a role is not what was authorized any more. */
export class PlaybookChangedError extends Error {
  readonly code = 'playbook_changed';
  constructor() {
    super('The playbook or one of its roles was changed after this deployment was ordered: order it again.');
    this.name = 'PlaybookChangedError';
  }
}

/**
 * Copies the playbook, all roles and what steers Ansible into the run folder, and compares the copy with the authorized hash, so
 * that nothing changes under a run. An earlier attempt's copy is used again. Throws PlaybookChangedError.
 */
export async function ensureSnapshot(snapshot: string, plan: RunPlan, ansibleDir: string): Promise<void> {
  const playbook = join(snapshot, 'playbook.yml');
  const roles = join(snapshot, 'roles');
  const hash = await hashPlaybookTree(playbook, roles).catch(() => null);
  if (hash === plan.playbookHash) return;
  await rm(snapshot, { recursive: true, force: true });
  await mkdir(roles, { recursive: true, mode: 0o700 });
  // The tree comes last: when its hash is right, everything is there.
  for (const name of ['ansible.cfg', 'callback_plugins']) {
    await cp(join(ansibleDir, name), join(snapshot, name), {
      recursive: true,
      filter: (path) => !path.includes('__pycache__'),
    });
  }
  for (const file of await listPlaybookTree(plan.playbookFile, plan.rolesDir)) {
    await mkdir(dirname(join(snapshot, file.name)), { recursive: true, mode: 0o700 });
    await cp(file.path, join(snapshot, file.name));
  }
  if ((await hashPlaybookTree(playbook, roles)) !== plan.playbookHash) throw new PlaybookChangedError();
}

/** Every text in it marked as data: Ansible takes unmarked ones for templates, which run programs on this host. */
export function markUnsafe(value: unknown): unknown {
  if (typeof value === 'string') return { __ansible_unsafe: value };
  if (Array.isArray(value)) return value.map(markUnsafe);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, markUnsafe(inner)]));
  }
  return value;
}

/** Why a host cannot be given to Ansible at all, in a sentence; null when it can. */
export function refusalOf(host: RunHost): string | null {
  const reserved = Object.keys(host.variables).find((name) => /^ansible_/i.test(name));
  if (!/^[0-9a-z][0-9a-z-]*$/i.test(host.id)) return 'The id of the server is not one.';
  if (reserved !== undefined) return `The host variable ${reserved} cannot be set.`;
  if (host.isLocal) return null;
  // A leading dash would be taken by ssh for an option, a control character or quote could end its line of configuration.
  if (host.address === '' || host.address.startsWith('-') || hasControlCharacter(host.address)) {
    return 'The address is not one that SSH can take: correct it in the settings of the server.';
  }
  if (host.user === '' || host.user.startsWith('-') || /["\\]/.test(host.user) || hasControlCharacter(host.user)) {
    return 'The user name is not one that SSH can take: correct it in the settings of the server.';
  }
  if (host.keyId === null) return 'The server has no SSH key: choose one in the settings of the server.';
  if (host.hostKey === null) return "The server's host key is not accepted yet: test the connection and accept it.";
  return null;
}

const hasControlCharacter = (text: string): boolean => /[\u0000-\u001f\u007f]/.test(text);

/** Writes inventory, variables, pinned host keys, public keys and SSH's settings of an attempt, all 0600. */
export async function writeAttemptFiles(paths: AttemptPaths, plan: RunPlan, hosts: readonly RunHost[]): Promise<void> {
  const write = (path: string, content: string) => writeFile(path, content, { mode: 0o600 });
  await write(paths.inventory, JSON.stringify(inventoryOf(paths, hosts)));
  await write(paths.variables, JSON.stringify(markUnsafe(plan.variables)));
  await write(paths.knownHosts, hosts.map(knownHostLine).join(''));
  await write(paths.sshConfig, sshConfig(paths));
  for (const key of plan.keys) await write(publicKeyPath(paths, key.id), `${key.publicKey}\n`);
}

function inventoryOf(paths: AttemptPaths, hosts: readonly RunHost[]): unknown {
  return {
    all: {
      hosts: Object.fromEntries(
        hosts.map((host) => [host.id, markUnsafe({ ...host.variables, ...ownVariables(paths, host) })]),
      ),
    },
  };
}

/** The names by which Ansible is steered come from the server's own fields and nowhere else. */
function ownVariables(paths: AttemptPaths, host: RunHost): Record<string, unknown> {
  const always = { admiral_name: host.name, ansible_host: host.address, ansible_user: host.user };
  if (host.isLocal) return { ...always, ansible_connection: 'local' };
  return {
    ...always,
    ansible_port: host.port,
    ansible_connection: 'ssh',
    // The name under which the server's key is pinned, and a connection that no other server shares.
    ansible_ssh_common_args: `-o HostKeyAlias=${host.id}`,
    ansible_control_path: `%(directory)s/${host.id.replaceAll('-', '').slice(-12)}`,
    ...(host.keyId === null ? {} : { ansible_ssh_private_key_file: publicKeyPath(paths, host.keyId) }),
  };
}

function publicKeyPath(paths: AttemptPaths, keyId: string): string {
  return join(paths.keys, `${keyId.replace(/[^0-9a-z-]/gi, '_')}.pub`);
}

/** Pinned by server, not by address: where two servers share an address, each still has its own key. */
function knownHostLine(host: RunHost): string {
  if (host.isLocal || host.hostKey === null) return '';
  const [type = '', base64 = ''] = host.hostKey.trim().split(/\s+/);
  return `${host.id} ${type} ${base64}\n`;
}

/** SSH reads this file alone: nothing of the user who runs Admiral, nothing of the machine. */
function sshConfig(paths: AttemptPaths): string {
  return [
    'Host *',
    '  IdentitiesOnly yes',
    '  PreferredAuthentications publickey',
    '  PasswordAuthentication no',
    '  KbdInteractiveAuthentication no',
    '  ForwardAgent no',
    '  ForwardX11 no',
    '  PermitLocalCommand no',
    '  UpdateHostKeys no',
    '  StrictHostKeyChecking yes',
    '  GlobalKnownHostsFile /dev/null',
    `  UserKnownHostsFile ${quotedPath(paths.knownHosts)}`,
    '  ServerAliveInterval 15',
    '  ServerAliveCountMax 4',
    '',
  ].join('\n');
}

/** A path in SSH's configuration: quoted, with its percent signs doubled since they begin tokens. */
function quotedPath(path: string): string {
  if (/["\n\\]|\$\{/.test(path))
    throw new Error(`${path} cannot be named in SSH's configuration: choose another ADMIRAL_HOME.`);
  return `"${path.replaceAll('%', '%%')}"`;
}
