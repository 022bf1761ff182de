"""Files of one attempt: written so that a reader sees each whole or not at all, and a full disk never kills the run."""
import errno
import json
import os
import time


def read_json(path):
    """The object in a small file, or None when it is absent or not readable yet."""
    try:
        with open(path, encoding="utf-8") as file:
            value = json.load(file)
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _sync_directory(path):
    descriptor = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json(path, value, exclusive=False):
    """Replaces the file in one step, or with `exclusive` creates it: FileExistsError when somebody was first."""
    temporary = f"{path}.{os.getpid()}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(value, file)
            file.flush()
            os.fsync(file.fileno())
        if exclusive:
            os.link(temporary, path)
        else:
            os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
    _sync_directory(path)


def write_json_until_done(path, value):
    """As write_json, waiting for room on a full disk. Gives up when the folder itself was removed."""
    while True:
        try:
            return write_json(path, value)
        except OSError as error:
            if error.errno == errno.ENOENT:
                return None
            time.sleep(0.5)


class OutputLog:
    """The output of a run up to a limit, then one line that says so. What the disk has no room for is counted, not waited for."""

    def __init__(self, path, limit):
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._limit = limit
        self._full = False
        self.written = 0
        self.dropped = 0

    def write(self, data):
        room = self._limit - self.written
        if len(data) > room and not self._full:
            cut = data[:room].rfind(b"\n") + 1
            self._append(data[:cut])
            self._append(b"[admiral] The output is longer than %d bytes: the rest is not kept.\n" % self._limit)
            self.dropped += len(data) - cut
            self._full = True
        elif self._full:
            self.dropped += len(data)
        else:
            self._append(data)

    def _append(self, data):
        while data:
            try:
                done = os.write(self._descriptor, data)
            except OSError:
                self.dropped += len(data)
                return
            self.written += done
            data = data[done:]

    def close(self):
        try:
            os.fsync(self._descriptor)
        except OSError:
            pass
        os.close(self._descriptor)
