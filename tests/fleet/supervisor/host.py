"""One host: a writable layer over the shared tree, and systemd-nspawn started again for as long as the host reboots itself."""

import asyncio
import os
import subprocess
from pathlib import Path

from cgroups import HostCgroup
from command import mount, run
from network import PATH as NETNS
from processes import children, is_first_of_its_space

# systemd-nspawn ends with this status when the host asked for a reboot; power off is 0.
REBOOT_STATUS = 133
LEADER_TIMEOUT_SECONDS = 20
CONSOLE_TAIL_BYTES = 16 * 1024

# Process 1 of the host, before systemd: makes the controllers of version 1 writable. Without it MemoryMax and CPUQuota do nothing.
HOST_INIT = """#!/bin/sh
for controller in memory cpu cpuacct pids blkio; do
  mount -o remount,bind,rw "/sys/fs/cgroup/$controller" 2>/dev/null
done
exec /lib/systemd/systemd "$@"
"""


class Host:
    def __init__(self, settings, config, workspace, network):
        self.name = settings['name']
        self.address = settings['address']
        self.tree = settings['tree']
        self.link = f'vb-{self.name}'
        self.disk_bytes = config['diskBytes']
        self.public_key = config['publicKey']
        self.hierarchies = config['cgroups']
        self.fleet = config['id']
        self.network = network
        self.folder = workspace / self.name
        self.root = self.folder / 'root'
        self.boots = 0
        self.process = None
        self.cgroup = None
        self.loop_task = None

    @property
    def running(self):
        return self.process is not None and self.process.returncode is None

    async def prepare(self):
        self.folder.mkdir()
        mount('tmpfs', 'tmpfs', self.folder, f'mode=755,size={self.disk_bytes}')
        for name in ('upper', 'work', 'root'):
            (self.folder / name).mkdir()
        layers = f'lowerdir={self.tree},upperdir={self.folder}/upper,workdir={self.folder}/work'
        mount('overlay', 'overlay', self.root, layers)
        self.write_identity()
        self.write_keys('/root', 0, 0)
        for line in (self.root / 'etc/passwd').read_text().splitlines():
            user, _, uid, gid, _, home, _ = line.split(':')
            if user == 'ops':
                self.write_keys(home, int(uid), int(gid))
        await run('ssh-keygen', '-A', '-f', str(self.root))
        self.cgroup = HostCgroup(self.hierarchies, self.fleet, self.name)

    def write_identity(self):
        gateway = self.network.gateway
        self.write('etc/hostname', f'{self.name}\n')
        self.write('etc/hosts', f'127.0.0.1 localhost\n{self.address} {self.name}\n{gateway} control\n')
        self.write('etc/resolv.conf', 'nameserver 10.0.2.3\n')
        self.write(
            'etc/systemd/network/10-fleet.network',
            '[Match]\nName=host0\n'
            f'[Network]\nAddress={self.address}/24\nGateway={gateway}\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n'
            '[Link]\nMTUBytes=1400\n',
        )
        self.write('usr/local/sbin/fleet-init', HOST_INIT, 0o755)

    def write_keys(self, home, uid, gid):
        path = f'{home.lstrip("/")}/.ssh/authorized_keys'
        self.write(path, f'{self.public_key}\n', 0o600)
        os.chmod((self.root / path).parent, 0o700)
        for entry in ((self.root / path).parent, self.root / path):
            os.chown(entry, uid, gid)

    def write(self, path, text, mode=0o644):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.write_text(text)
        target.chmod(mode)

    def start(self):
        self.loop_task = asyncio.create_task(self.run_until_powered_off())

    async def run_until_powered_off(self):
        version_1 = any(hierarchy['version'] == 1 for hierarchy in self.hierarchies)
        argv = [
            'nsenter', f'--net={NETNS}', 'systemd-nspawn', '--quiet', f'--directory={self.root}', '--register=no',
            '--keep-unit', f'--machine={self.name}', '--network-bridge=br0', '--resolv-conf=off', '--timezone=off',
            '--link-journal=no', '--kill-signal=SIGRTMIN+3', '/usr/local/sbin/fleet-init',
        ]  # fmt: skip
        environment = {'PATH': os.environ['PATH'], 'SYSTEMD_NSPAWN_UNIFIED_HIERARCHY': '0' if version_1 else '1'}
        status = REBOOT_STATUS
        while status == REBOOT_STATUS:
            groups = self.cgroup.opened()
            with open(self.folder / 'console', 'ab') as console:
                self.process = await asyncio.create_subprocess_exec(
                    *argv, stdin=subprocess.DEVNULL, stdout=console, stderr=console, env=environment,
                    preexec_fn=lambda: [os.write(group, b'0') for group in groups],
                )  # fmt: skip
            for group in groups:
                os.close(group)
            self.boots += 1
            status = await self.process.wait()

    async def leader(self):
        """The process that is process 1 inside the host, as seen by the fleet."""
        deadline = asyncio.get_running_loop().time() + LEADER_TIMEOUT_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            for pid in children(self.process.pid) if self.running else []:
                if is_first_of_its_space(pid):
                    return pid
            await asyncio.sleep(0.02)
        raise RuntimeError(f'{self.name} is not running; its console ends with: {self.console()}')

    def set_disk_full(self, full):
        """Shrinks the writable layer to what it holds, which is a full disk at once, or gives it its size back."""
        size = self.disk_bytes
        if full:
            usage = os.statvfs(self.folder)
            size = (usage.f_blocks - usage.f_bfree) * usage.f_frsize
        subprocess.run(
            ['mount', '-o', f'remount,size={size}', str(self.folder)], check=True, capture_output=True, text=True
        )

    def console(self):
        """The end of what the host wrote to its console."""
        path = self.folder / 'console'
        return path.read_bytes()[-CONSOLE_TAIL_BYTES:].decode(errors='replace') if path.exists() else ''
