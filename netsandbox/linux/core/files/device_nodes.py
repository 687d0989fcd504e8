"""Character devices by their paths: what all have in /dev, and what a container must be given."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import normpath

from netsandbox.linux.core.files.inode import NULL

ZERO, FULL, TTY, TUN, FUSE = "/dev/zero", "/dev/full", "/dev/tty", "/dev/net/tun", "/dev/fuse"
NODES = {NULL: (1, 3), ZERO: (1, 5), FULL: (1, 7), "/dev/random": (1, 8), "/dev/urandom": (1, 9), TTY: (5, 0)}
"""Major and minor numbers of what is everywhere (devices.txt)."""
OF_MACHINES = {TUN: (10, 200), FUSE: (10, 229)}
ALL = NODES | OF_MACHINES


def given(inside: str, on_host: str) -> dict[str, str]:
    """What a container gets of a device of the host's, or of a folder of such: by its own path, the host's."""
    outer, inner = normpath(on_host), normpath(inside)
    return {inner + path.removeprefix(outer): path for path in ALL if path == outer or path.startswith(f"{outer}/")}


def original(path: str, given: Mapping[str, str]) -> str | None:
    """Which of the host's devices stands at a canonical path."""
    return path if path in NODES else given.get(path)
