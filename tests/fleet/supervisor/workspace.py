"""A folder that only the fleet sees, and that vanishes with it."""

import os
from pathlib import Path

from command import mount


def make_workspace():
    """Puts empty file systems over /run/systemd and /run/netns, so that names and locks stay inside, and returns a folder for hosts."""
    resolver = Path('/etc/resolv.conf').read_text()
    for folder in ('/run/systemd', '/run/netns'):
        os.makedirs(folder, exist_ok=True)
        mount('tmpfs', 'tmpfs', folder, 'mode=755')
    keep_resolver(resolver)
    workspace = Path('/run/systemd/fleet')
    workspace.mkdir()
    return workspace


def keep_resolver(text):
    """Where /etc/resolv.conf leads to /run/systemd, the way out still needs it to find names."""
    target = Path(os.path.realpath('/etc/resolv.conf'))
    if target.is_relative_to('/run/systemd'):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
