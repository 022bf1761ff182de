"""Process 1 of a fleet's own process space: builds the network and the hosts, then obeys one JSON line per command.

The first line of standard input is the configuration, every further line a command `{"id": 1, "op": "link", ...}`. Answers go to
standard output, one JSON line each: `{"id": 1, "result": ...}` or `{"id": 1, "error": "sentence"}`; `{"event": "ready", ...}` comes
first. The end of standard input is the end of the fleet: this process ends, and the kernel takes every process, mount, network
device and rule of the fleet away with it.
"""

import asyncio
import json
import os
import subprocess
import sys

from host import Host
from host_exec import run_in_host
from network import FleetNetwork
from processes import continue_all, stop_all
from tcp_copy import TcpCopy
from workspace import make_workspace

# One line may carry a whole file.
LINE_LIMIT = 64 * 1024 * 1024


class Supervisor:
    def __init__(self, config):
        self.config = config
        self.network = FleetNetwork(config['network'])
        self.hosts = {}
        self.ssh = {}
        self.forwards = {}

    async def start(self):
        workspace = make_workspace()
        await self.network.start()
        for settings in self.config['hosts']:
            host = Host(settings, self.config, workspace, self.network)
            self.hosts[host.name] = host
            self.ssh[host.name] = TcpCopy(self.network.connector(host.address, 22), self.listen_on_loopback)
        await asyncio.gather(*(host.prepare() for host in self.hosts.values()))
        for host in self.hosts.values():
            host.start()
        ports = {name: await copy.open() for name, copy in self.ssh.items()}
        return {'event': 'ready', 'sshPorts': ports, 'netnsPath': self.network.path, 'workspace': str(workspace)}

    @staticmethod
    async def listen_on_loopback(port):
        return TcpCopy.listener('127.0.0.1', port)

    async def obey(self, command):
        op = command['op']
        if op == 'forward':
            return await self.forward(command['port'])
        host = self.hosts.get(command['host'])
        if host is None:
            raise ValueError(f"no host {command['host']} in this fleet")
        if op == 'exec':
            return await run_in_host(await host.leader(), command)
        if op == 'link':
            return await self.network.run('ip', 'link', 'set', host.link, 'up' if command['up'] else 'down')
        if op == 'freeze':
            return (stop_all if command['frozen'] else continue_all)(await host.leader())
        if op == 'disk':
            return host.set_disk_full(command['full'])
        if op == 'sshPort':
            return await (self.ssh[host.name].open() if command['open'] else self.ssh[host.name].close())
        if op == 'state':
            return {'boots': host.boots, 'running': host.running, 'console': host.console()}
        raise ValueError(f'no operation {op}')

    async def forward(self, port):
        if port in self.forwards:
            return None

        async def listen_on_bridge(_):
            return await self.network.listener(port)

        async def connect():
            return await asyncio.open_connection('127.0.0.1', port)

        copy = TcpCopy(connect, listen_on_bridge)
        await copy.open()
        self.forwards[port] = copy
        return None


def answer(message):
    sys.stdout.buffer.write(json.dumps(message).encode() + b'\n')
    sys.stdout.buffer.flush()


async def obey_and_answer(supervisor, command):
    try:
        answer({'id': command['id'], 'result': await supervisor.obey(command)})
    except subprocess.CalledProcessError as error:
        answer({'id': command['id'], 'error': f'{error.cmd[0]} failed: {error.stderr}'})
    except Exception as error:
        answer({'id': command['id'], 'error': f'{type(error).__name__}: {error}'})


async def main():
    lines = asyncio.StreamReader(limit=LINE_LIMIT)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    first = await lines.readline()
    if not first:
        os._exit(0)
    supervisor = Supervisor(json.loads(first))
    starting = asyncio.create_task(supervisor.start())
    ended = asyncio.create_task(lines.readline())
    await asyncio.wait([starting, ended], return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        os._exit(0)
    answer(starting.result())
    tasks = set()
    line = await ended
    while line:
        task = asyncio.create_task(obey_and_answer(supervisor, json.loads(line)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        line = await lines.readline()
    # Nothing to close by hand: the end of process 1 ends everything in its namespaces.
    os._exit(0)


if __name__ == '__main__':
    try:
        asyncio.run(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f'{" ".join(error.cmd)} failed: {error.stderr}')
