"""A control group per host in every hierarchy, so that the limits of its services hold."""

import os
from pathlib import Path


class HostCgroup:
    """`hierarchies` is `[{"path": "/sys/fs/cgroup/memory", "version": 1}, ...]`; the group is `<path>/<fleet>/<host>` in each."""

    def __init__(self, hierarchies, fleet, host):
        self.folders = []
        for hierarchy in hierarchies:
            root = Path(hierarchy['path'])
            group = root / fleet / host
            for folder in (group.parent, group):
                folder.mkdir(exist_ok=True)
                if hierarchy['version'] == 1:
                    inherit_cpuset(root, folder)
                else:
                    offer_controllers(folder.parent)
            self.folders.append(group)

    def opened(self):
        """Descriptors of the files that take a process in; the caller closes them."""
        return [os.open(folder / 'cgroup.procs', os.O_WRONLY) for folder in self.folders]


def inherit_cpuset(root, folder):
    """A new cpuset of version 1 is empty and takes no process until it is filled."""
    for name in ('cpuset.cpus', 'cpuset.mems'):
        if (folder / name).exists():
            (folder / name).write_text((root / name).read_text())


def offer_controllers(folder):
    """Version 2 hands controllers down one by one; one that cannot be handed down only leaves its limit unenforced."""
    for controller in (folder / 'cgroup.controllers').read_text().split():
        try:
            (folder / 'cgroup.subtree_control').write_text(f'+{controller}')
        except OSError:
            pass
