"""A control group per host in every hierarchy, so that limits hold and a host can be frozen."""

import os
from pathlib import Path


class HostCgroup:
    """`hierarchies` is `[{"path": "/sys/fs/cgroup/memory", "version": 1}, ...]`; the group is `<path>/<fleet>/<host>` in each."""

    def __init__(self, hierarchies, fleet, host):
        self.folders = []
        self.frozen_files = []
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
            self.frozen_files += frozen_switch(group, hierarchy['version'])

    def opened(self):
        """Descriptors of the files that take a process in; the caller closes them."""
        return [os.open(folder / 'cgroup.procs', os.O_WRONLY) for folder in self.folders]

    def freeze(self, frozen):
        if not self.frozen_files:
            raise RuntimeError('this machine has no freezer control group')
        path, on, off = self.frozen_files[0]
        path.write_text(on if frozen else off)


def frozen_switch(group, version):
    if version == 1:
        path = group / 'freezer.state'
        return [(path, 'FROZEN', 'THAWED')] if path.exists() else []
    path = group / 'cgroup.freeze'
    return [(path, '1', '0')] if path.exists() else []


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
