"""The fleet's network: one bridge in a network namespace of its own, and a way out in user space."""

import asyncio
import ctypes
import os
import socket
from concurrent.futures import ThreadPoolExecutor

from command import run

CLONE_NEWNET = 0x40000000
NAME = 'fleet'
PATH = f'/run/netns/{NAME}'


class FleetNetwork:
    """Bridge `<prefix>.1/24`. Hosts get out through slirp4netns, which adds no device or rule to the machine's own network."""

    def __init__(self, prefix):
        self.gateway = f'{prefix}.1'
        self.subnet = f'{prefix}.0/24'
        self.path = PATH
        self.inside = None

    async def start(self):
        await run('ip', 'netns', 'add', NAME)
        await self.run('ip', 'link', 'set', 'lo', 'up')
        await self.run('ip', 'link', 'add', 'br0', 'type', 'bridge')
        await self.run('ip', 'address', 'add', f'{self.gateway}/24', 'dev', 'br0')
        await self.run('ip', 'link', 'set', 'br0', 'up')
        await self.run('sysctl', '-qw', 'net.ipv4.ip_forward=1')
        rule = ['-A', 'POSTROUTING', '-s', self.subnet, '!', '-d', self.subnet, '-j', 'MASQUERADE']
        await self.run('iptables', '-t', 'nat', *rule)
        await self.start_way_out()
        # A socket belongs to the namespace it was made in, whoever uses it: one thread lives inside and makes them.
        self.inside = ThreadPoolExecutor(max_workers=1, initializer=enter_namespace)

    async def start_way_out(self):
        ready, ready_write = os.pipe()
        await asyncio.create_subprocess_exec(
            'slirp4netns', '--configure', '--mtu=1400', '--disable-host-loopback', f'--ready-fd={ready_write}',
            '--netns-type=path', PATH, 'tap0',
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, pass_fds=[ready_write],
        )  # fmt: skip
        os.close(ready_write)
        loop = asyncio.get_running_loop()
        if not await loop.run_in_executor(None, os.read, ready, 1):
            raise RuntimeError('slirp4netns ended before its network was up')
        os.close(ready)

    async def run(self, *argv):
        await run('nsenter', f'--net={PATH}', *argv)

    async def listener(self, port):
        """A listening socket on the bridge's address."""

        def make():
            sock = socket.create_server((self.gateway, port))
            sock.setblocking(False)
            return sock

        return await asyncio.get_running_loop().run_in_executor(self.inside, make)

    def connector(self, address, port):
        """A function that connects to an address of the fleet and returns asyncio's reader and writer."""

        async def connect():
            loop = asyncio.get_running_loop()
            sock = await loop.run_in_executor(self.inside, socket.socket, socket.AF_INET, socket.SOCK_STREAM)
            try:
                sock.setblocking(False)
                await loop.sock_connect(sock, (address, port))
                return await asyncio.open_connection(sock=sock)
            except BaseException:
                sock.close()
                raise

        return connect


def enter_namespace():
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(PATH, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.setns(descriptor, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), 'cannot enter the network namespace of the fleet')
    finally:
        os.close(descriptor)
