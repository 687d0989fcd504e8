"""A small file system, as a host and each container has one.

`FileSystem` (inode.py) is what is stored. `Files` is what one process sees of it: its working directory, and what is
generated when it is read (/proc, /sys, what Docker writes under /etc).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Protocol

from netsandbox.linux.core.files.inode import (
    KERNELS,
    MAX_LINKS,
    NULL,
    PATH_MAX,
    Directory,
    FileError,
    FileSystem,
    Node,
    RegularFile,
    Symlink,
)


class Generator(Protocol):
    """Files whose text is made when they are read. Each method gets an absolute path below where it is mounted."""

    is_mount: bool = False  # it is one file, mounted there: it can be written, and neither removed nor replaced
    is_stored: bool = False  # its files are as those of a disk: they can be removed as well, and then are not there

    def read(self, path: str) -> str | None:
        """The text; None where there is no such file (FileError: it cannot be read)."""

    def write(self, path: str, text: str) -> bool:
        """Take what was written; False if the file becomes an ordinary one instead (FileError: it cannot be
        written)."""
        return False

    def names(self, path: str) -> list[str] | None:
        """What is in a directory; None where there is no such directory."""
        return None

    def link(self, path: str) -> str | None:
        """Where a symbolic link points; None for all else."""
        return None


class Files:
    """What one process sees. Paths may be relative, and lead over links; every method but `exists` and the like may
    raise FileError.

    Args:
        generated: by the path where each is mounted; a file of the system's own hides a generated one.
        binds: what is seen in another place, by that place (mount --bind).
    """

    def __init__(self, system: FileSystem, generated: Mapping[str, Generator], cwd: str = "/",
                 binds: Mapping[str, str] | None = None) -> None:
        self.system = system
        self.generated = generated
        self.cwd = cwd
        self.binds = binds or {}

    def at(self, cwd: str) -> Files:
        """The same, seen from another directory."""
        return Files(self.system, self.generated, cwd, self.binds)

    # -- asking

    def canonical(self, path: str, follow: bool = True) -> str:
        """The absolute path without links and dots; the last part need not exist (follow: whether the last part is
        followed if it is a link)."""
        if not path:
            raise FileError("ENOENT")
        if len(path) >= PATH_MAX:
            raise FileError("ENAMETOOLONG")
        here = "" if path.startswith("/") else self.cwd.rstrip("/")
        node, parts, hops = self.system.find(here), deque(path.split("/")), 0
        while parts:
            part = parts.popleft()
            if part in ("", "."):
                continue
            if part == "..":
                here = here.rpartition("/")[0]
                node = self.system.find(here)
                continue
            is_last = not any(parts)
            below = node.entries.get(part) if isinstance(node, Directory) else None
            target = self._target(f"{here}/{part}", below) if follow or not is_last else None
            if target is None:
                here, node = f"{here}/{part}", below
                if not is_last and not isinstance(below, Directory) and not self.is_directory_at(here):
                    raise FileError("ENOENT" if not self.exists_at(here) else "ENOTDIR")
                continue
            hops += 1
            if hops > MAX_LINKS:
                raise FileError("ELOOP")
            parts.extendleft(reversed(target.split("/")))
            if target.startswith("/"):
                here, node = "", self.system.root
        return self.binds.get(here, here) or "/"

    def _generator(self, path: str) -> Generator | None:
        """Which one a canonical path belongs to: the nearest above it."""
        while path and path not in self.system.gone:
            found = self.generated.get(path)
            if found is not None:
                return found
            path = path.rpartition("/")[0]
        return None

    def _link(self, path: str) -> str | None:
        return self._target(path, self.system.find(path))

    def _target(self, path: str, node: Node | None) -> str | None:
        """Where what stands at a canonical path points, if it is a link."""
        if node is not None:
            return node.target if isinstance(node, Symlink) else None
        generator = self._generator(path)
        return generator.link(path) if generator is not None else None

    def is_directory_at(self, path: str) -> bool:
        """Of a canonical path."""
        if isinstance(self.system.find(path), Directory):
            return True
        generator = self._generator(path)
        is_above = any(mount.startswith(path.rstrip("/") + "/") for mount in self.generated)
        return is_above or (generator is not None and generator.names(path) is not None)

    def exists_at(self, path: str) -> bool:
        """Of a canonical path."""
        if self.system.find(path) is not None or self.is_directory_at(path):
            return True
        generator = self._generator(path)
        if generator is None:
            return False
        try:
            return generator.link(path) is not None or generator.read(path) is not None
        except FileError as error:
            return error.name != "ENOENT"

    def exists(self, path: str) -> bool:
        try:
            return self.exists_at(self.canonical(path))
        except FileError:
            return False

    def is_denied(self, path: str) -> bool:
        """Whether there is something that is no program: a directory, or data of the system's (modes are not kept)."""
        if not self.exists(path) or self.is_directory(path):
            return self.is_directory(path)
        where = self.canonical(path)
        return where.startswith(("/etc/", "/proc/", "/sys/")) and not self.read(where).startswith("#!")

    def is_directory(self, path: str) -> bool:
        try:
            return self.is_directory_at(self.canonical(path))
        except FileError:
            return False

    def link(self, path: str) -> str | None:
        """Where a symbolic link points, None if it is none."""
        try:
            return self._link(self.canonical(path, follow=False))
        except FileError:
            return None

    def node(self, path: str) -> Node | None:
        """What is stored at a path, the last link not followed; None for what is generated or missing."""
        try:
            return self.system.find(self.canonical(path, follow=False))
        except FileError:
            return None

    # -- reading

    def read(self, path: str) -> str:
        """A file's text."""
        where = self.canonical(path)
        node = self.system.find(where)
        if isinstance(node, RegularFile):
            return node.text
        if self.is_directory_at(where):
            raise FileError("EISDIR")
        generator = self._generator(where)
        text = generator.read(where) if generator is not None and node is None else None
        if text is None:
            raise FileError("ENOENT")
        return text

    def names(self, path: str) -> list[str]:
        """What is in a directory, sorted."""
        where = self.canonical(path)
        if not self.is_directory_at(where):
            raise FileError("ENOTDIR" if self.exists_at(where) else "ENOENT")
        node, generator = self.system.find(where), self._generator(where)
        found = set(node.entries if isinstance(node, Directory) else ())
        found.update((generator.names(where) if generator is not None else None) or ())
        prefix = where.rstrip("/") + "/"
        found.update(mount[len(prefix):].partition("/")[0] for mount in self.generated
                     if mount.startswith(prefix) and mount not in self.system.gone)
        return sorted(found)

    # -- changing

    def create(self, path: str, append: bool = False) -> str:
        """Open a file for writing: it is there from now on, empty unless more is to be put behind what it has.

        Returns:
            Its canonical path.
        """
        where = self.canonical(path)
        node = self.system.find(where)
        if self.is_directory_at(where):
            raise FileError("EISDIR")
        is_generated = node is None and self.exists_at(where)
        if not (is_generated and self._generator(where) is not None and where.startswith(KERNELS)) and not (
                append and self.exists_at(where)):
            self.write(where, "")
        elif node is not None:
            self.system.owner(where)  # which says that nothing can be written there
        return where

    def write(self, path: str, text: str, append: bool = False) -> None:
        """Make something a file's text, or put it behind."""
        where = self.canonical(path)
        if where == NULL:
            return
        node = self.system.find(where)
        if self.is_directory_at(where):
            raise FileError("EISDIR")
        generator = self._generator(where) if node is None else None
        if generator is not None and generator.write(where, text):
            return
        if isinstance(node, RegularFile):
            self.system.owner(where).set_text(node, node.text + text if append else text)
            return
        self._check_parent(where)
        before = (generator.read(where) or "") if generator is not None and append else ""
        file = RegularFile(self.system.now)
        self.system.add(where, file)
        self.system.owner(where).set_text(file, before + text if before else text)

    def touch(self, path: str) -> None:
        """Make an empty file, or date one anew."""
        where = self.canonical(path)
        node = self.system.find(where)
        if node is not None:
            node.changed = self.system.owner(where).now
        elif not self.exists_at(where):
            self.write(path, "")

    def make_directory(self, path: str) -> None:
        where = self._free(path)
        self.system.add(where, Directory(self.system.now))

    def make_directories(self, path: str) -> None:
        """With those above it, as far as they are not there (mkdir -p) (FileError: a file stands in the way, or nothing
        can be written there)."""
        so_far = "/" if path.startswith("/") else ""
        for part in [part for part in path.split("/") if part][:-1]:
            so_far = f"{so_far}{part}/"
            if not self.exists(so_far):
                self.make_directory(so_far.rstrip("/"))
        if not self.is_directory(path):
            self.make_directory(path.rstrip("/") or "/")

    def make_link(self, path: str, target: str) -> None:
        """A symbolic link at `path`."""
        self.system.add(self._free(path), Symlink(self.system.now, target))

    def remove(self, path: str) -> None:
        """A file or a link."""
        where = self.canonical(path, follow=False)
        if self.is_directory_at(where):
            raise FileError("EISDIR")
        self._drop(where)

    def remove_directory(self, path: str) -> None:
        """One that is empty."""
        where = self.canonical(path, follow=False)
        if not self.is_directory_at(where):
            raise FileError("ENOTDIR" if self.exists_at(where) else "ENOENT")
        if self.names(where):
            raise FileError("ENOTEMPTY")
        self._drop(where)

    def rename(self, path: str, to: str) -> None:
        """Move a node to another canonical place, where nothing is but a file."""
        here, there = self.canonical(path, follow=False), self.canonical(to, follow=False)
        if here == there:
            return
        if there.startswith(here + "/"):
            raise FileError("EINVAL")
        self._check_parent(there)
        if self.is_directory_at(there):
            raise FileError("EEXIST")
        self.check_mounts(here, there)
        node = self.system.find(here)
        if node is None and self._is_stored(here):
            node = RegularFile(self.system.now, self.read(here))
        if node is None:
            raise FileError("EPERM" if self.exists_at(here) else "ENOENT")
        owner = self.system.owner(there)
        self._drop(here)
        self.system.drop(there)
        self.system.add(there, node)
        owner.size += len(node.text) if isinstance(node, RegularFile) else 0

    def _free(self, path: str) -> str:
        """The canonical path of something new."""
        where = self.canonical(path, follow=False)
        if self.exists_at(where) or self.system.find(where) is not None:
            raise FileError("EEXIST")
        self._check_parent(where)
        return where

    def _check_parent(self, where: str) -> None:
        above = where.rpartition("/")[0] or "/"
        if not self.is_directory_at(above):
            raise FileError("ENOTDIR" if self.exists_at(above) else "ENOENT")
        if self.system.find(above) is None and (above + "/").startswith(KERNELS):
            raise FileError("EPERM" if above.startswith("/sys") else "ENOENT")

    def check_mounts(self, *paths: str) -> None:
        """Raises FileError: something is mounted at a canonical path (vfs_unlink, vfs_rename)."""
        if any(path in self.generated and self.generated[path].is_mount for path in paths):
            raise FileError("EBUSY")

    def _drop(self, where: str) -> None:
        self.check_mounts(where)
        found = self.system.drop(where)
        if self._is_stored(where):
            self.system.gone |= {where}
        elif found is None:
            raise FileError("EPERM" if self.exists_at(where) else "ENOENT")

    def _is_stored(self, where: str) -> bool:
        """Of a canonical path: whether what is generated there can be taken away."""
        return (where in self.generated and where not in self.system.gone and self.generated[where].is_stored
                and self.generated[where].read(where) is not None)
