"""One JSON line per event of a run, in order, for the machinery that shows and keeps it."""
from __future__ import annotations

import json
import os
import re
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: admiral_events
type: aggregate
short_description: writes the events of a run as JSON lines
description:
  - Appends to the file named by ADMIRAL_EVENTS, from Ansible's main process alone, so the order is the order of events.
  - Kinds are play, task, start, ok, failed, unreachable, skipped, retry, summary (one per host), data (set_stats) and end.
  - Texts come from playbooks and hosts. They are data for the reader, never markup, and are cut to size here.
"""

MAX_NAME = 200
MAX_MESSAGE = 2048
MAX_DATA = 65536


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "admiral_events"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        path = os.environ.get("ADMIRAL_EVENTS")
        self.disabled = path is None
        if path is not None:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._secrets = _secret_pattern(os.environ.get("ADMIRAL_MASK_FD"))
        self._tasks = {}
        self._started = {}

    # -- writing ------------------------------------------------------------------------------------------------------

    def _write(self, kind, **fields):
        line = {"kind": kind, "at": int(time.time() * 1000)}
        line.update((name, value) for name, value in fields.items() if value is not None)
        rest = json.dumps(line, separators=(",", ":"), default=str).encode("ascii") + b"\n"
        while rest:
            try:
                rest = rest[os.write(self._file, rest) :]
            except OSError:
                # A full disk: wait for room. Going on would lose what happened on a host.
                time.sleep(0.2)

    def _clean(self, text, limit):
        text = str(text)
        if self._secrets is not None:
            text = self._secrets.sub("********", text)
        return text if len(text) <= limit else text[: limit - 1] + "\u2026"

    def _task(self, task):
        """Number (in order of appearance) and name of a task."""
        known = self._tasks.get(task._uuid)
        if known is None:
            known = {"task": len(self._tasks) + 1, "name": self._clean(task.get_name(), MAX_NAME)}
            self._tasks[task._uuid] = known
        return known

    def _result(self, kind, result, **fields):
        host, task = result.host.get_name(), result.task
        began = self._started.pop((host, task._uuid), None)
        took = None if began is None else round((time.monotonic() - began) * 1000)
        self._write(kind, host=host, **self._task(task), ms=took, **fields)

    def _message(self, result):
        """What went wrong, in the words of the module; censored by Ansible itself where no_log is set."""
        found = result.result
        if found.get("censored"):
            return self._clean(found["censored"], MAX_MESSAGE)
        for inner in found.get("results") or []:
            if isinstance(inner, dict) and (inner.get("failed") or inner.get("unreachable")):
                found = inner
                break
        parts = [found.get("msg"), found.get("module_stderr") or found.get("stderr")]
        text = ": ".join(str(part).strip() for part in parts if part)
        return self._clean(text or "The task failed without a message.", MAX_MESSAGE)

    # -- what Ansible tells -------------------------------------------------------------------------------------------

    def v2_playbook_on_play_start(self, play):
        self._write("play", name=self._clean(play.get_name(), MAX_NAME))

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._write("task", **self._task(task))

    def v2_playbook_on_handler_task_start(self, task):
        self._write("task", **self._task(task), handler=True)

    def v2_playbook_on_cleanup_task_start(self, task):
        self._write("task", **self._task(task))

    def v2_runner_on_start(self, host, task):
        self._started[(host.get_name(), task._uuid)] = time.monotonic()
        self._write("start", host=host.get_name(), **self._task(task))

    def v2_runner_on_ok(self, result):
        self._result("ok", result, changed=True if result.result.get("changed") else None)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._result("failed", result, message=self._message(result), ignored=True if ignore_errors else None)

    def v2_runner_on_unreachable(self, result):
        self._result("unreachable", result, message=self._message(result))

    def v2_runner_on_skipped(self, result):
        self._result("skipped", result)

    def v2_runner_retry(self, result):
        found = result.result
        self._write(
            "retry",
            host=result.host.get_name(),
            **self._task(result.task),
            tries=found.get("attempts"),
            of=found.get("retries"),
        )

    def v2_playbook_on_stats(self, stats):
        for host in sorted(stats.processed):
            counts = stats.summarize(host)
            self._write("summary", host=host, counts=counts)
        for host, data in sorted(stats.custom.items()):
            text = self._clean(json.dumps(data, default=str), MAX_DATA)
            self._write("data", host=None if host == "_run" else host, text=text)
        self._write("end")


def _secret_pattern(descriptor):
    """What to mask: an expression that the supervisor made, from a file that has no name on any disk."""
    if descriptor is None:
        return None
    number = int(descriptor)
    source = os.pread(number, os.fstat(number).st_size, 0).decode("utf-8", "surrogatepass")
    return re.compile(source, re.DOTALL) if source else None
