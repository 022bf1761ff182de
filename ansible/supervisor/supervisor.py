"""Runs Ansible once, apart from the process that asked for it, and leaves what happened in files.

    supervisor.py ATTEMPT_FOLDER < job

The job (JSON on standard input; see read_job) holds the secrets, which stay in memory. In the attempt folder:
`supervisor.json` (who runs this attempt; created once, so that one process alone ever does), `output.log`, `events.jsonl`
(written by the callback plugin), `exit.json` (the last thing written). Read there: `cancel` ({"reason": …} ends the run) and
`lease` ({"seq": n, "ttlSeconds": s}; a seq that does not change for that long ends it too).
"""
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import time

import linux
import masking
import spool
import tree as trees

TICK_SECONDS = 0.1
LEASE_TTL_SECONDS = 15
# The ladder: SIGTERM to Ansible, then to every descendant, then SIGKILL.
TERMINATE_ALL_AFTER = 1.5
KILL_AFTER = 2.5
MAX_OUTPUT_BYTES = 256 * 1024 * 1024


class CannotStartError(Exception):
    """Ansible was never started; the text says why and holds no secret."""


class Supervisor:
    def __init__(self, folder):
        self.folder = folder
        self.identity = {"pid": os.getpid(), "startTime": linux.start_time(os.getpid()), "bootId": linux.boot_id()}
        self.reason = None
        self.ending_since = None
        self.step = 0
        self.exit_code = None
        self.lease_seq = None
        self.lease_seen = time.monotonic()
        self.tree = None
        self.log = None
        self.masker = masking.Masker([])

    def path(self, name):
        return os.path.join(self.folder, name)

    # -- the course of a run ------------------------------------------------------------------------------------------

    def run(self, job):
        message = None
        try:
            self.start(job)
            self.watch()
        except CannotStartError as error:
            message = str(error)
            self.reason = self.reason or "start_failed"
        except OSError as error:
            message = f"The supervisor met an error of the system: {error.strerror}."
            self.reason = "start_failed" if self.tree is None else "lost"
        self.end_tree()
        self.drain()
        if self.log is not None:
            self.log.close()
        self.sync_events()
        spool.write_json_until_done(
            self.path("exit.json"),
            {
                "reason": self.reason or "exited",
                "exitCode": self.exit_code if self.exit_code is None or self.exit_code >= 0 else None,
                "signal": -self.exit_code if self.exit_code is not None and self.exit_code < 0 else None,
                "message": message,
                "outputBytes": self.log.written if self.log else 0,
                "droppedOutputBytes": self.log.dropped if self.log else 0,
                "endedAtMs": int(time.time() * 1000),
            },
        )

    def start(self, job):
        forms = masking.forms_of(job["mask"])
        self.masker = masking.Masker(forms)
        self.log = spool.OutputLog(self.path("output.log"), job["maxOutputBytes"])
        mask = os.memfd_create("mask", 0)
        self.write_all(mask, masking.pattern_of(forms).encode("utf-8", "surrogatepass"))
        self.output, output = os.pipe()
        self.tree = trees.plant(output, job["namespaces"], inherited=(mask,))
        os.close(output)
        self.identity.update(
            namespace=self.tree.namespace, treePid=self.tree.pid, treeStartTime=linux.start_time(self.tree.pid)
        )
        spool.write_json(self.path("supervisor.json"), self.identity)
        if self.wanted_end() is not None:
            raise CannotStartError("The run was ended before Ansible started.")
        env = dict(job["env"], ADMIRAL_EVENTS=self.path("events.jsonl"), ADMIRAL_MASK_FD=str(mask))
        if job["keys"]:
            self.start_agent(job, dict(job["env"]))
            env["SSH_AUTH_SOCK"] = job["agentSocket"]
        self.ask("ansible", job["argv"], env, job["cwd"])
        os.close(mask)

    @staticmethod
    def write_all(descriptor, data):
        while data:
            data = data[os.write(descriptor, data) :]

    def ask(self, name, argv, env, cwd):
        self.tree.ask({"name": name, "argv": argv, "env": env, "cwd": cwd, "quiet": name != "ansible"})
        answer = self.tree.read()
        while answer is not None and "ended" in answer:
            answer = self.tree.read()
        if answer is None or "refused" in answer:
            raise CannotStartError((answer or {}).get("message", "The process tree ended at once."))
        if name == "ansible":
            self.ansible_inner = answer["pid"]

    def start_agent(self, job, env):
        path = job["agentSocket"]
        self.ask("ssh-agent", ["ssh-agent", "-D", "-a", path], env, job["cwd"])
        deadline = time.monotonic() + 5
        while not os.path.exists(path):
            if time.monotonic() > deadline:
                raise CannotStartError("ssh-agent did not open its socket within 5 s.")
            time.sleep(0.01)
        for key in job["keys"]:
            try:
                done = subprocess.run(
                    ["ssh-add", "-q", "-"],
                    input=(key.rstrip("\n") + "\n").encode(),
                    env=dict(env, SSH_AUTH_SOCK=path),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=10,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise CannotStartError(f"ssh-add could not be run ({type(error).__name__}).") from None
            if done.returncode != 0:
                raise CannotStartError("ssh-agent did not take an SSH key: it is broken or has a passphrase.")

    def watch(self):
        """Until Ansible has ended, or the ladder has come to its last step."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.output, selectors.EVENT_READ)
            selector.register(self.tree.control, selectors.EVENT_READ)
            next_tick = time.monotonic()
            while True:
                ready = selector.select(max(0.0, next_tick - time.monotonic()))
                for key, _ in ready:
                    if key.fileobj is self.tree.control:
                        report = self.tree.read()
                        if report is None or report.get("ended") == "ansible":
                            self.exit_code = None if report is None else report["code"]
                            if report is None and self.reason is None:
                                self.reason = "lost"
                            return
                    elif not self.pump():
                        selector.unregister(self.output)
                if time.monotonic() >= next_tick:
                    next_tick = time.monotonic() + TICK_SECONDS
                    if self.tick():
                        return

    def tick(self):
        """One look at the clock and the files. True when the time for patience is over."""
        if self.ending_since is None:
            self.reason = self.wanted_end()
            if self.reason is None:
                return False
            self.ending_since = time.monotonic()
        passed = time.monotonic() - self.ending_since
        if self.step == 0:
            self.step = 1
            main = self.ansible()
            if main is not None:
                linux.send(main, signal.SIGTERM)
        elif self.step == 1 and passed >= TERMINATE_ALL_AFTER:
            self.step = 2
            for pid in self.below():
                linux.send(pid, signal.SIGTERM)
        return passed >= KILL_AFTER

    def wanted_end(self):
        """Why the run must end now, or None."""
        if self.reason is not None:
            return self.reason
        if os.path.exists(self.path("cancel")):
            found = spool.read_json(self.path("cancel"))
            return str((found or {}).get("reason", "cancelled"))
        lease = spool.read_json(self.path("lease")) or {}
        if lease.get("seq") != self.lease_seq:
            self.lease_seq, self.lease_seen = lease.get("seq"), time.monotonic()
        if time.monotonic() - self.lease_seen > float(lease.get("ttlSeconds", LEASE_TTL_SECONDS)):
            return "lease_lost"
        return None

    # -- processes ----------------------------------------------------------------------------------------------------

    def below(self):
        """All processes of the run but the two that hold it together."""
        return [pid for pid in linux.descendants(os.getpid()) if pid not in (self.tree.holder, self.tree.pid)]

    def ansible(self):
        if self.tree.namespace == "none":
            return self.ansible_inner
        return next((pid for pid in self.below() if linux.inner_pid(pid) == self.ansible_inner), None)

    def end_tree(self):
        """Nothing of the run is left when this returns."""
        if self.tree is None:
            return
        keep = (self.tree.holder, self.tree.pid)
        if self.tree.namespace == "none":
            linux.kill_descendants(os.getpid(), keep)
        # In a namespace this alone ends every process in it, whatever it did to get away.
        linux.send(self.tree.pid, signal.SIGKILL)
        linux.kill_descendants(os.getpid())
        self.tree.control.close()

    def drain(self):
        """What was printed before the end. Nobody is left who could hold the line open; the deadline is for the unforeseen."""
        if self.tree is None:
            return
        os.set_blocking(self.output, False)
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            try:
                if not self.pump():
                    break
            except BlockingIOError:
                time.sleep(0.02)
        self.log.write(self.masker.end())

    def pump(self):
        data = os.read(self.output, 1 << 16)
        self.log.write(self.masker.feed(data))
        return bool(data)

    def sync_events(self):
        try:
            descriptor = os.open(self.path("events.jsonl"), os.O_RDONLY)
        except OSError:
            return
        try:
            os.fsync(descriptor)
        except OSError:
            pass
        finally:
            os.close(descriptor)


def read_job(stream):
    """The job from standard input. A worker that died while writing leaves half a job, which is none.

    argv, env, cwd: how Ansible is started. agentSocket, keys: private keys in OpenSSH or PEM form for an ssh-agent of the run's
    own. mask: texts that must not appear in output and events. maxOutputBytes; namespaces: false to go without.
    """
    job = json.loads(stream.read())
    return {
        "argv": [str(part) for part in job["argv"]],
        "env": {str(name): str(value) for name, value in job["env"].items()},
        "cwd": str(job["cwd"]),
        "agentSocket": job.get("agentSocket"),
        "keys": list(job.get("keys", [])),
        "mask": list(job.get("mask", [])),
        "maxOutputBytes": int(job.get("maxOutputBytes", MAX_OUTPUT_BYTES)),
        "namespaces": bool(job.get("namespaces", True)),
    }


def main():
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    supervisor = Supervisor(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda *_: setattr(supervisor, "reason", supervisor.reason or "interrupted"))
    linux.become_subreaper()
    try:
        spool.write_json(supervisor.path("supervisor.json"), supervisor.identity, exclusive=True)
    except FileExistsError:
        return 0  # Another process has this attempt, or it was given up.
    try:
        job = read_job(sys.stdin)
    except (ValueError, KeyError, TypeError, AttributeError):
        job = None
    if job is None:
        spool.write_json_until_done(
            supervisor.path("exit.json"), {"reason": "start_failed", "message": "The job was not handed over whole."}
        )
        return 1
    supervisor.run(job)
    return 0


if __name__ == "__main__":
    sys.exit(main())
