"""What the standard library lacks of Linux: child subreaper, death signals, namespaces, and who descends from whom."""
import ctypes
import os
import signal
import time

_libc = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_REC, MS_PRIVATE = 0x4000, 0x40000


def _check(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def become_subreaper():
    """Orphans among the descendants become children of this process, however they detached themselves."""
    _check(_libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl(PR_SET_CHILD_SUBREAPER)")


def die_with_parent(signal_number):
    """The kernel sends this process the signal when its parent ends."""
    _check(_libc.prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0), "prctl(PR_SET_PDEATHSIG)")


def unshare(flags):
    _check(_libc.unshare(flags), "unshare")


def mount_own_proc():
    """A /proc that shows this process namespace alone. Needs a mount namespace of one's own."""
    _check(_libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), "mount(private)")
    _check(_libc.mount(b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, None), "mount(proc)")


def boot_id():
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()


def _stat(pid):
    """State, parent and start time (clock ticks since boot) of a process, or None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return fields[0].decode(), int(fields[1]), int(fields[19])


def start_time(pid):
    found = _stat(pid)
    return None if found is None else found[2]


def descendants(root):
    """Ids of all living processes below `root`, parents before children. Zombies are not living."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            found = _stat(int(name))
            if found is not None:
                children.setdefault(found[1], []).append((int(name), found[0]))
    ordered, queue = [], [root]
    while queue:
        for pid, state in children.get(queue.pop(0), []):
            queue.append(pid)
            if state not in ("Z", "X"):
                ordered.append(pid)
    return ordered


def inner_pid(pid):
    """The id of a process within the innermost namespace that it lives in."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith("NSpid:"):
                    return int(line.split()[-1])
    except OSError:
        pass
    return None


def send(pid, signal_number):
    """Signals a process; one that is gone or belongs to somebody else is passed over."""
    try:
        os.kill(pid, signal_number)
    except (ProcessLookupError, PermissionError):
        pass


def reap():
    """Takes the status of every child that has ended: a list of (pid, status)."""
    ended = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended.append((pid, status))


def kill_descendants(root, keep=(), deadline_seconds=None):
    """SIGKILL to everything below `root` but `keep`, again and again until nothing is left. False when time ran out."""
    start = time.monotonic()
    while True:
        reap()
        left = [pid for pid in descendants(root) if pid not in keep]
        if not left:
            return True
        if deadline_seconds is not None and time.monotonic() - start > deadline_seconds:
            return False
        # Children first: the topmost, Ansible itself, is the last to go.
        for pid in reversed(left):
            send(pid, signal.SIGKILL)
        time.sleep(0.01)
