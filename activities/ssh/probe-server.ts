import type { ConnectionReport, ConnectionState, ConnectionStep, Facts } from '#common/contracts/servers.ts';
import { connectSsh, type Seen, type SshConnection, type SshTarget } from './connect.ts';
import type { HostKey } from './host-key.ts';
import { LOOK_COMMAND, lookInput, parseLook, type HostLook, type LookInput } from './look-around.ts';
import { SshError } from './ssh-errors.ts';

export interface Probe {
  report: ConnectionReport;
  /** The key the host showed, when it is not the pinned one. */
  seenHostKey: HostKey | null;
  facts: Facts | null;
  /** Id file of an agent that was there before. */
  agentServerId: string | null;
}

const ORDER = ['reachable', 'hostKey', 'authentication', 'sudo', 'python', 'reachesAdmiral', 'facts'] as const;
type StepName = (typeof ORDER)[number];

/** The step that a failure belongs to; every step before it went well. */
const STEP_OF_FAILURE: Record<SshError['code'], StepName> = {
  host_unreachable: 'reachable',
  ssh_timeout: 'reachable',
  ssh_closed: 'reachable',
  host_key_unknown: 'hostKey',
  host_key_changed: 'hostKey',
  authentication_failed: 'authentication',
};

const FINE: Record<StepName, string> = {
  reachable: 'The host answers.',
  hostKey: 'The host key is the accepted one.',
  authentication: 'The host accepts the key.',
  sudo: 'The user may become root without a password.',
  python: 'Python is there.',
  reachesAdmiral: 'The host reaches Admiral.',
  facts: 'Facts were read.',
};

/** Really connects to a host and looks around, step by step. What goes wrong is part of the result, never thrown. */
export async function probeServer(target: SshTarget, look: LookInput, now: () => Date): Promise<Probe> {
  const steps = new Map<StepName, ConnectionStep>();
  const set = (step: StepName, state: ConnectionStep['state'], message = FINE[step]) =>
    steps.set(step, { step, state, message });
  const seen: Seen = {};
  let state: ConnectionState = 'ok';
  let found: HostLook | undefined;
  let connection: SshConnection | undefined;
  try {
    connection = await connectSsh(target, seen);
    for (const step of ['reachable', 'hostKey', 'authentication'] as const) set(step, 'ok');
    if (!(await checkSudo(connection, set))) state = 'failed';
    found = await lookAround(connection, look, set);
    if (!found) state = 'failed';
  } catch (error) {
    const failure = error instanceof SshError ? error : new SshError('ssh_closed', 'The connection broke off.');
    const broken = steps.has('authentication')
      ? (ORDER.find((step) => !steps.has(step)) ?? 'facts')
      : STEP_OF_FAILURE[failure.code];
    for (const step of ORDER.slice(0, ORDER.indexOf(broken))) if (!steps.has(step)) set(step, 'ok');
    set(broken, 'failed', failure.message);
    const isKey = failure.code === 'host_key_unknown' || failure.code === 'host_key_changed';
    state = isKey ? failure.code : 'failed';
  } finally {
    connection?.close();
  }
  for (const step of ORDER) if (!steps.has(step)) set(step, 'skipped', 'Not tried, since an earlier step failed.');
  const seenHostKey = seen.hostKey && seen.hostKey.line !== target.pinnedHostKey ? seen.hostKey : null;
  return {
    report: {
      state,
      at: now().toISOString(),
      steps: ORDER.map((step) => steps.get(step) as ConnectionStep),
      seenHostKey: seenHostKey && { type: seenHostKey.type, fingerprint: seenHostKey.fingerprint },
    },
    seenHostKey,
    facts: found ? factsOf(found) : null,
    agentServerId: found?.agentServerId ?? null,
  };
}

type SetStep = (step: StepName, state: ConnectionStep['state'], message?: string) => void;

async function checkSudo(connection: SshConnection, set: SetStep): Promise<boolean> {
  const who = await connection.exec('id -u');
  if (who.stdout.trim() === '0') {
    set('sudo', 'ok', 'The user is root.');
    return true;
  }
  const sudo = await connection.exec('sudo -n true');
  if (sudo.code === 0) {
    set('sudo', 'ok');
    return true;
  }
  const missing = sudo.code === 127;
  set(
    'sudo',
    'failed',
    missing
      ? 'There is no sudo on the host. Install it, or use the root user.'
      : 'The user may not become root without a password. Add a NOPASSWD rule for it in /etc/sudoers.d.',
  );
  return false;
}

async function lookAround(connection: SshConnection, look: LookInput, set: SetStep): Promise<HostLook | undefined> {
  const answer = await connection.exec(LOOK_COMMAND, { input: lookInput(look), timeoutMs: 20_000 });
  if (answer.code === 127) {
    set('python', 'failed', 'There is no python3 on the host. Install it (apt install python3, dnf install python3).');
    return undefined;
  }
  let found: HostLook;
  try {
    found = parseLook(answer.stdout);
  } catch {
    set('python', 'failed', 'python3 on the host did not do what was asked. Look whether it starts there.');
    return undefined;
  }
  if (!found.pythonOk) {
    set('python', 'failed', `Python ${found.python} is too old: 3.8 or later is needed.`);
    return undefined;
  }
  set('python', 'ok', `Python ${found.python} is there.`);
  if (found.admiralError === null) set('reachesAdmiral', 'ok');
  else {
    const sentence = `From this host ${look.healthUrl} cannot be reached (${found.admiralError}): its agent could not report. Set ADMIRAL_LISTEN and ADMIRAL_PUBLIC_URL to an address that it reaches.`;
    set('reachesAdmiral', 'warning', sentence);
  }
  set('facts', 'ok');
  return found;
}

function factsOf(look: HostLook): Facts {
  const { os, osVersion, kernel, architecture, cores, memoryBytes, hostname, python, addresses } = look;
  return { os, osVersion, kernel, architecture, cores, memoryBytes, hostname, python, addresses };
}
