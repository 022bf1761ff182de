"""Programs run to their end, by argument vector."""

import asyncio
import subprocess


async def run(*argv):
    """Runs a program and returns what it printed; raises CalledProcessError with its error output."""
    process = await asyncio.create_subprocess_exec(
        *argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await process.communicate()
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, argv, out.decode(), err.decode().strip())
    return out.decode()


def mount(kind, source, target, options):
    """Mounts a file system; raises CalledProcessError with mount's own words."""
    subprocess.run(
        ['mount', '-t', kind, '-o', options, source, str(target)], check=True, capture_output=True, text=True
    )
