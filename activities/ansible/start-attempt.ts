import { delimiter, dirname, join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { ensureSnapshot, writeAttemptFiles } from './attempt-files.ts';
import { LEASE_SECONDS, renewLease } from './lease.ts';
import type { AttemptPaths, RunStore } from './run-folder.ts';
import type { RunHost, RunPlan } from './run-plan.ts';
import { RUN_VARIABLE, startSupervisor, type SupervisorJob } from './supervisor-process.ts';

/** What every run on this machine shares. */
export interface AnsibleSettings {
  /** `ansible/` of the installation: ansible.cfg, callback_plugins/, supervisor/. */
  ansibleDir: string;
  ansiblePlaybook: string;
  /** python3 of the control host, 3.11 or newer. */
  python: string;
  /** Default 256 MiB. */
  maxOutputBytes?: number;
  /** False to go without process namespaces, as on kernels that refuse them. */
  namespaces?: boolean;
}

/** What is kept of an attempt's start for the next one. */
export interface AttemptMeta {
  /** The activity that started it: what a person confirmed for it holds for no later one. */
  activityId: string;
  hostIds: string[];
}

export interface AttemptStart {
  deploymentId: string;
  attempt: number;
  plan: RunPlan;
  hosts: readonly RunHost[];
  activityId: string;
}

/** The mark of an attempt in the environment of its processes. */
export const attemptMarker = (deploymentId: string, attempt: number): string => `${deploymentId}/${String(attempt)}`;

/**
 * Lays out the folder of a claimed attempt and starts its supervisor. The copy of the playbook is compared with the authorized hash
 * first (PlaybookChangedError). `onFolder` is told the paths before anything runs, so that an end asked for meanwhile is not lost.
 */
export async function startAttempt(
  store: RunStore,
  settings: AnsibleSettings,
  start: AttemptStart,
  onFolder: (paths: AttemptPaths) => Promise<void>,
): Promise<void> {
  const { deploymentId, attempt, plan, hosts } = start;
  const paths = await store.createAttempt(deploymentId, attempt);
  const meta: AttemptMeta = { activityId: start.activityId, hostIds: hosts.map((host) => host.id) };
  await writeFile(paths.meta, JSON.stringify(meta), { mode: 0o600 });
  await ensureSnapshot(store.snapshot(deploymentId), plan, settings.ansibleDir);
  await writeAttemptFiles(paths, plan, hosts);
  await renewLease(paths, LEASE_SECONDS.following);
  await onFolder(paths);
  const script = join(settings.ansibleDir, 'supervisor', 'supervisor.py');
  const job = supervisorJob(paths, store.snapshot(deploymentId), settings, start);
  await startSupervisor(settings.python, script, paths, job);
}

function supervisorJob(
  paths: AttemptPaths,
  snapshot: string,
  settings: AnsibleSettings,
  start: AttemptStart,
): SupervisorJob {
  const { plan, hosts } = start;
  const used = new Set(hosts.filter((host) => !host.isLocal).map((host) => host.keyId));
  const playbook = join(snapshot, 'playbook.yml');
  return {
    argv: [
      settings.ansiblePlaybook,
      '--inventory',
      paths.inventory,
      '--extra-vars',
      `@${paths.variables}`,
      '--forks',
      String(plan.forks),
      playbook,
    ],
    env: {
      // The whole environment of Ansible and of what it starts here; nothing in it is secret.
      PATH: [
        dirname(settings.ansiblePlaybook),
        '/usr/local/sbin',
        '/usr/local/bin',
        '/usr/sbin',
        '/usr/bin',
        '/sbin',
        '/bin',
      ].join(delimiter),
      HOME: paths.home,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      PYTHONDONTWRITEBYTECODE: '1',
      ANSIBLE_CONFIG: join(snapshot, 'ansible.cfg'),
      ANSIBLE_SSH_ARGS: `-F ${shellQuoted(paths.sshConfig)} -o ControlMaster=auto -o ControlPersist=60s`,
      ANSIBLE_SSH_CONTROL_PATH_DIR: join(paths.sockets, 'c'),
      ANSIBLE_NOCOLOR: '1',
      [RUN_VARIABLE]: attemptMarker(start.deploymentId, start.attempt),
    },
    cwd: snapshot,
    agentSocket: join(paths.sockets, 'agent'),
    keys: plan.keys.filter((key) => used.has(key.id)).map((key) => key.privateKey),
    mask: [...plan.secrets],
    maxOutputBytes: settings.maxOutputBytes,
    namespaces: settings.namespaces,
  };
}

/** Ansible splits ANSIBLE_SSH_ARGS as a shell would, without ever giving it to one. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
