"""docker diff: what was changed in a container since it was made of its image."""

from __future__ import annotations

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Parsed
from netsandbox.docker.files import WRITTEN, files_of
from netsandbox.linux.core.files.inode import KERNELS, Directory, FileSystem, Node, RegularFile, Symlink

Change = tuple[str, str]  # A, C or D (added, changed, deleted), and the path
MOUNTED = frozenset({"/dev", *(path.rstrip("/") for path in KERNELS), *WRITTEN})
"""What is never in a container's own layer: mounts of the runtime, and Docker's files."""


def diff(client: Client, parsed: Parsed) -> int:
    system = files_of(client.engine, client.engine.find(parsed.operands[0])).system
    for kind, path in _changes(system, "", system.root, system.as_brought().root) if system.is_made else ():
        client.print(f"{kind} {path}")
    return 0


def _changes(system: FileSystem, above: str, new: Directory, old: Node | None) -> list[Change]:
    """Below a directory, by name (pkg/archive's FileInfo.addChanges, which goes through them in no order): one in which
    something was changed comes before it as changed itself, and of one that was deleted only the name."""
    found: list[Change] = []
    before = old.entries if isinstance(old, Directory) else {}
    for name in sorted({*new.entries, *before}):
        path = f"{above}/{name}"
        if path in MOUNTED:
            continue
        node, was = new.entries.get(name), before.get(name)
        if node is None:
            found.append(("D", path))
            continue
        is_same = was is not None and (path in system.grafts or _stat(node) == _stat(was))
        within = _changes(system, path, node, was) if isinstance(node, Directory) and path not in system.grafts else []
        if within or not is_same:
            found += [("C" if was is not None else "A", path), *within]
    return found


def _stat(node: Node) -> tuple[str, int, int, str]:
    """What tells a file from what it was; a directory's time does not count (statDifferent)."""
    text = node.text if isinstance(node, RegularFile) else node.target if isinstance(node, Symlink) else ""
    return node.kind, node.mode, 0 if isinstance(node, Directory) else node.changed, text


DIFF = Command("docker diff", "CONTAINER", "Inspect changes to files or directories on a container's filesystem", diff,
               (), 1, 1)
