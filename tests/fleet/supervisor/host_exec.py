"""Runs a program inside a host without the network, so also while its sshd is stopped or its link is down."""

import asyncio
import base64

from processes import kill_tree

ENVIRONMENT = {
    'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'HOME': '/root',
    'LANG': 'C.UTF-8',
    'DEBIAN_FRONTEND': 'noninteractive',
}


async def run_in_host(leader, command):
    """Takes argv, input (base64) and timeoutMs; answers code, stdout and stderr (base64). Raises when the time-out passes."""
    process = await asyncio.create_subprocess_exec(
        '/usr/bin/nsenter', f'--target={leader}', '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--',
        *command['argv'],
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=ENVIRONMENT,
    )  # fmt: skip
    work = process.communicate(base64.b64decode(command['input']))
    try:
        out, err = await asyncio.wait_for(work, command['timeoutMs'] / 1000)
    except asyncio.TimeoutError:
        kill_tree(process.pid)
        raise RuntimeError(f"{command['argv'][0]} took longer than {command['timeoutMs']} ms in the host") from None
    encoded = {'stdout': base64.b64encode(out).decode(), 'stderr': base64.b64encode(err).decode()}
    return {'code': process.returncode, **encoded}
