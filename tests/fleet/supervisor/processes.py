"""The processes of a host as the fleet sees them."""

import os
import signal
from pathlib import Path


def children(pid):
    try:
        return [int(child) for child in Path(f'/proc/{pid}/task/{pid}/children').read_text().split()]
    except OSError:
        return []


def is_first_of_its_space(pid):
    """True for process 1 inside a host."""
    try:
        status = Path(f'/proc/{pid}/status').read_text()
    except OSError:
        return False
    numbers = next(line for line in status.splitlines() if line.startswith('NSpid:')).split()[1:]
    return len(numbers) > 1 and numbers[-1] == '1'


def space_of(pid):
    """Identity of a process's process space, or None when it is gone."""
    try:
        return os.readlink(f'/proc/{pid}/ns/pid')
    except OSError:
        return None


def stop_all(leader):
    """Stops every process of the leader's space, also those that are being started meanwhile.

    Signals rather than the freezer control group: what version 1 has frozen cannot be killed, and would outlive the fleet.
    """
    space = space_of(leader)
    stopped = set()
    while True:
        found = {pid for pid in all_pids() if space_of(pid) == space}
        if found <= stopped:
            return
        for pid in found - stopped:
            send(pid, signal.SIGSTOP)
        stopped |= found


def continue_all(leader):
    space = space_of(leader)
    for pid in all_pids():
        if space_of(pid) == space:
            send(pid, signal.SIGCONT)


def kill_tree(pid):
    for child in children(pid):
        kill_tree(child)
    send(pid, signal.SIGKILL)


def all_pids():
    return [int(name) for name in os.listdir('/proc') if name.isdigit()]


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
