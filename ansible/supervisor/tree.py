"""The process below which Ansible lives: process 1 of a namespace of its own where the kernel allows it.

It starts what the supervisor names, takes the status of every child, and ends with the supervisor. In a namespace the kernel
itself ends everything when this process ends; elsewhere it is a child subreaper and ends its descendants by hand.
"""
import json
import os
import select
import signal
import socket

import linux


class Tree:
    """The supervisor's side: where the tree's first process is, how it is isolated, and the line to it."""

    def __init__(self, control, pid, holder, namespace):
        self.control = control
        self.pid = pid
        self.holder = holder
        self.namespace = namespace

    def ask(self, message):
        try:
            self.control.send(json.dumps(message).encode())
        except OSError:
            pass

    def read(self):
        """One report, or None when the tree has ended."""
        try:
            data = self.control.recv(65536)
        except OSError:
            return None
        return json.loads(data) if data else None


def plant(output, allow_namespace=True, inherited=()):
    """Forks the tree. `output` is the descriptor that everything in it prints to; `inherited` stay open in what it starts."""
    for namespace in ("pid", "user+pid", "none") if allow_namespace else ("none",):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        holder = os.fork()
        if holder == 0:
            ours.close()
            _hold(theirs, namespace, output, inherited)
        theirs.close()
        tree = Tree(ours, None, holder, namespace)
        first = tree.read()
        if first is not None and "pid" in first:
            tree.pid = first["pid"]
            return tree
        ours.close()
        os.waitpid(holder, 0)
    raise OSError("no process could be started below the supervisor")


def _hold(control, namespace, output, inherited):
    """Between supervisor and tree: unshares, so that the supervisor itself stays where it was. Never returns."""
    status = 1
    try:
        # The job with its keys arrives on standard input: it is the supervisor's alone.
        nothing = os.open("/dev/null", os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        if namespace == "none":
            # Nothing stands between: this process is the tree. It sees the supervisor's end at the closed line.
            control.send(json.dumps({"pid": os.getpid()}).encode())
            linux.become_subreaper()
            _run(control, False, output, inherited)
        linux.die_with_parent(signal.SIGKILL)
        if namespace == "user+pid":
            _own_user_namespace()
        else:
            linux.unshare(linux.CLONE_NEWPID | linux.CLONE_NEWNS)
        pid = os.fork()
        if pid == 0:
            linux.die_with_parent(signal.SIGKILL)
            try:
                linux.mount_own_proc()
            except OSError:
                pass  # A container that hides parts of /proc refuses this; the namespace alone does the work.
            _run(control, True, output, inherited)
        control.send(json.dumps({"pid": pid}).encode())
        control.close()
        os.close(output)
        os.waitpid(pid, 0)
        status = 0
    except OSError:
        pass
    finally:
        os._exit(status)


def _own_user_namespace():
    user, group = os.getuid(), os.getgid()
    linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWPID | linux.CLONE_NEWNS)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def _run(control, isolated, output, inherited):
    """Serves the supervisor until it is gone. Never returns."""
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(waker)
    for descriptor in inherited:
        os.set_inheritable(descriptor, True)
    names = {}
    try:
        serving = True
        while serving:
            readable, _, _ = select.select([control, wake], [], [])
            if control in readable:
                data = control.recv(1 << 20)
                serving = bool(data)
                if data:
                    control.send(json.dumps(_start(json.loads(data), output, names)).encode())
            if wake in readable:
                os.read(wake, 4096)
            for pid, status in linux.reap():
                name = names.pop(pid, None)
                if name is not None:
                    code = os.waitstatus_to_exitcode(status)
                    control.send(json.dumps({"ended": name, "code": code}).encode())
    except OSError:
        pass
    finally:
        if not isolated:
            signal.set_wakeup_fd(-1)
            linux.kill_descendants(os.getpid())
        os._exit(0)


def _start(order, output, names):
    """Starts `order.argv` with exactly `order.env`, reading nothing and printing to the run's output unless `quiet`."""
    quiet = order.get("quiet", False)
    try:
        os.chdir(order["cwd"])
        pid = os.posix_spawnp(
            order["argv"][0],
            order["argv"],
            order["env"],
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0) if quiet else (os.POSIX_SPAWN_DUP2, output, 1),
                (os.POSIX_SPAWN_DUP2, output, 2),
            ],
            setsigdef=[signal.SIGPIPE, signal.SIGHUP, signal.SIGTERM, signal.SIGCHLD],
        )
    except OSError as error:
        return {"refused": order["name"], "message": f"{os.path.basename(order['argv'][0])}: {error.strerror}"}
    names[pid] = order["name"]
    return {"started": order["name"], "pid": pid}
