import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

import { findMissingTools } from './find-missing-tools.ts';

export type FleetDetection = { ok: true } | { ok: false; reason: string };

const BRIDGE_AND_VETH = 'link add br0 type bridge\nlink add va type veth peer name vb\n';

/**
 * Says within about 0.1 s whether this machine can run a fleet, and if it can't, one reason with the way out.
 * Changes nothing: what it tries happens in namespaces that end with the trial.
 */
export function detectFleet(): FleetDetection {
  if (process.getuid?.() !== 0) return no('the fleet needs root: run the tests as root');
  const missing = findMissingTools();
  if (missing.length > 0) {
    return no(`${missing.join(', ')} missing: run node --import tsx tests/fleet/install-packages.ts`);
  }
  if (!hasOverlay()) return no('the kernel has no overlay file system');
  if (!isTunDevice()) return no('there is no /dev/net/tun, the hosts would have no way out');
  if (!succeeds(['--mount', '--pid', '--ipc', '--fork', '--kill-child', '--mount-proc', 'true'])) {
    return no('this process may not make namespaces: it lacks CAP_SYS_ADMIN, or a container forbids it');
  }
  if (!succeeds(['--net', 'ip', '-batch', '-'], BRIDGE_AND_VETH)) return no('the kernel has no bridge or no veth');
  if (!succeeds(['--net', 'iptables', '-t', 'nat', '-A', 'POSTROUTING', '-j', 'MASQUERADE'])) {
    return no('the kernel has no NAT for iptables');
  }
  return { ok: true };
}

function no(reason: string): FleetDetection {
  return { ok: false, reason };
}

function succeeds(unshareArguments: readonly string[], input = ''): boolean {
  return spawnSync('unshare', unshareArguments, { input, timeout: 5000 }).status === 0;
}

function hasOverlay(): boolean {
  const known = () => /\boverlay$/m.test(readFileSync('/proc/filesystems', 'utf8'));
  if (known()) return true;
  spawnSync('modprobe', ['-q', 'overlay']);
  return known();
}

function isTunDevice(): boolean {
  return statSync('/dev/net/tun', { throwIfNoEntry: false })?.isCharacterDevice() ?? false;
}
