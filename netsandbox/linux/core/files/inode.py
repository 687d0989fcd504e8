"""What a file system stores: directories, files and symbolic links, bounded in number and size."""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from netsandbox.engine.nothing import NOTHING
from netsandbox.engine.octets import to_bytes

if TYPE_CHECKING:
    from netsandbox.engine.scheduler import Scheduler

NAME_MAX, PATH_MAX, MAX_LINKS = 255, 4096, 40  # limits.h, and MAXSYMLINKS of namei.h
MOST_NODES = 4096
MOST_BYTES = 4 << 20  # Characters in all files of a file system
SKELETON = ("/bin", "/dev", "/etc", "/home", "/mnt", "/opt", "/root", "/run", "/sbin", "/srv", "/tmp", "/usr",
            "/usr/bin", "/usr/lib", "/usr/local", "/usr/local/bin", "/usr/sbin", "/usr/share",
            "/etc/default", "/etc/modprobe.d", "/etc/modules-load.d", "/etc/sysctl.d",
            "/var", "/var/lib", "/var/log", "/var/tmp")
KERNELS = ("/proc/", "/sys/")  # Where a file is not emptied when it is opened for writing
NULL = "/dev/null"
REASONS = {
    "EACCES": "Permission denied", "EBADFD": "File descriptor in bad state",
    "EBUSY": "Device or resource busy", "EEXIST": "File exists",
    "EINVAL": "Invalid argument", "EISDIR": "Is a directory",
    "ELOOP": "Too many levels of symbolic links", "ENAMETOOLONG": "File name too long",
    "ENODEV": "No such device", "ENOENT": "No such file or directory", "ENOSPC": "No space left on device",
    "ENOTDIR": "Not a directory", "ENOTEMPTY": "Directory not empty", "ENXIO": "No such device or address",
    "EPERM": "Operation not permitted", "EROFS": "Read-only file system"}


class FileError(Exception):
    """A file operation that failed (name: the errno's name)."""

    def __init__(self, name: str) -> None:
        super().__init__(REASONS[name])
        self.name = name


class RefusedWriteError(FileError):
    """A kernel would take it, and the simulated one does not; its words say what."""

    def __init__(self, why: str) -> None:
        super().__init__("EINVAL")
        self.args = (f"netsandbox: {why}",)


class Node:
    """What a name in a directory stands for (changed: mtime, in nanoseconds of virtual time)."""

    kind: ClassVar = "-"
    mode: ClassVar = 0o644

    __slots__ = ("changed",)

    def __init__(self, changed: int) -> None:
        self.changed = changed


class RegularFile(Node):
    """A file of text."""

    __slots__ = ("text",)

    def __init__(self, changed: int, text: str = "") -> None:
        super().__init__(changed)
        self.text = text


class Symlink(Node):
    """A symbolic link."""

    kind = "l"
    mode = 0o777

    __slots__ = ("target",)

    def __init__(self, changed: int, target: str) -> None:
        super().__init__(changed)
        self.target = target


class Directory(Node):
    """A directory."""

    kind = "d"
    mode = 0o755

    __slots__ = ("entries",)

    def __init__(self, changed: int) -> None:
        super().__init__(changed)
        self.entries: dict[str, Node] = NOTHING

    def put(self, name: str, node: Node) -> None:
        """Let a name stand for something; the first makes the directory a table of its own."""
        if self.entries is NOTHING:
            self.entries = {}
        self.entries[intern(name)] = node


Layer = tuple[tuple[str, str, str], ...]
"""A file system as values: path, kind (d, l or -), and the text of a file or the target of a link; parents first."""


class Graft(NamedTuple):
    """What is mounted at a path: whose files they are, and whether it takes an image's files while it is empty."""

    owner: FileSystem
    read_only: bool = False
    fills: bool = False


class FileSystem:
    """The files of one host or container.

    Args:
        scheduler: whose clock dates them.
        most_bytes: characters in all files.

    Attributes:
        read_only: nothing of its own is changed; what is mounted in it may be.
        grafts: nodes of other file systems that stand in this one, by path (mount).
        devices: of the host's character devices those that a container was given, by its own path; None: all.
        gone: canonical paths of generated files that somebody took away.
    """

    __slots__ = ("_brought", "_layer", "_made", "_root", "devices", "gone", "grafts", "most_bytes", "nodes",
                 "read_only", "scheduler", "size")

    def __init__(self, scheduler: Scheduler, most_bytes: int = MOST_BYTES, made: int | None = None) -> None:
        """
        Args:
            made: when it was, in virtual nanoseconds; None: now.
        """
        self.scheduler = scheduler
        self.read_only, self.most_bytes = False, min(most_bytes, MOST_BYTES)
        self.nodes = self.size = 0
        self.grafts: dict[str, Graft] = NOTHING
        self.devices: dict[str, str] | None = None
        self.gone: frozenset[str] = frozenset()
        self._made = scheduler.clock if made is None else made
        self._root: Directory | None = None
        self._brought: tuple[tuple[str, dict[str, bytes | str]], ...] = ()
        """What an image brings: a directory and its entries."""
        self._layer: Layer | None = None  # What `/` is made from, if not from nothing

    @property
    def root(self) -> Directory:
        """`/`; it and what stands there from the start are made when somebody looks, which in most containers nobody
        does."""
        if self._root is None:
            self._root = Directory(0)
            if self._layer is None:
                for path in SKELETON:
                    self.add(path, Directory(0))
                self.add("/var/run", Symlink(0, "/run"))
                self.add(NULL, RegularFile(0))
            else:
                self._lay(self._layer)
            for path, entries in self._brought:
                self._bring(path, entries, self._made)
            self._date(self._root)
        return self._root

    def _date(self, directory: Directory) -> None:
        """What stands in the file system from the start is as old as it."""
        waiting = [directory]
        while waiting:
            one = waiting.pop()
            one.changed = self._made
            waiting += [node for node in one.entries.values() if isinstance(node, Directory)]

    @property
    def is_untouched(self) -> bool:
        """Nobody has looked at it yet."""
        return self._root is None and self._layer is None

    def furnish(self, path: str, entries: dict[str, bytes | str]) -> None:
        """An image brings a directory with files (bytes) and links (where they point); one that is there stays so."""
        if all(path != other for other, _entries in self._brought):
            self._brought += ((path, entries),)
        if self._root is not None:
            self._bring(path, entries, self.now)

    def _bring(self, path: str, entries: dict[str, bytes | str], when: int) -> None:
        found = self.find(path)
        if found is not None and not (path in self.grafts and self.grafts[path].fills and isinstance(found, Directory)
                                      and not found.entries):
            return
        if not entries:
            self.add(path, Directory(when))
        for name, contents in entries.items():
            self.add(f"{path}/{name}", Symlink(when, contents) if isinstance(contents, str) else
                     RegularFile(when, contents.decode()))

    @property
    def is_made(self) -> bool:
        """Whether somebody has looked into it."""
        return self._root is not None

    # -- layers

    def begin_from(self, layer: Layer) -> None:
        """Let `/` be as it was in another file system; before anybody has looked."""
        self._layer = layer

    def _lay(self, layer: Layer) -> None:
        for path, kind, contents in layer:
            node = Directory(0) if kind == "d" else Symlink(0, contents) if kind == "l" else RegularFile(0, contents)
            self.add(path, node)
            self.size += len(contents) if kind == "-" else 0

    def layer(self) -> Layer:
        """All that is there, as values."""
        found, waiting = list[tuple[str, str, str]](), [("", self.root)]
        while waiting:
            above, directory = waiting.pop()
            for name, node in directory.entries.items():
                contents = node.text if isinstance(node, RegularFile) else node.target if isinstance(
                    node, Symlink) else ""
                found.append((f"{above}/{name}", node.kind, contents))
                if isinstance(node, Directory) and f"{above}/{name}" not in self.grafts:
                    waiting.append((f"{above}/{name}", node))
        return tuple(found)

    def as_brought(self) -> FileSystem:
        """What it was before anybody changed it: what its image has, and no mounts."""
        before = FileSystem(self.scheduler)
        before._made, before._layer, before._brought = self._made, self._layer, self._brought
        return before

    # -- mounts

    def graft(self, path: str, node: Node, graft: Graft) -> None:
        """Let a node of another file system stand at a canonical path, in front of what is there (FileError: the path
        cannot be made)."""
        here = self.find(path)
        if graft.fills and isinstance(node, Directory) and isinstance(here, Directory) and not node.entries:
            node.entries = dict(here.entries)
        self.grafts.pop(path, None)
        if here is not None:
            self.drop(path)
        self.add(path, node)
        self.grafts = {**self.grafts, path: graft}

    def _graft_at(self, path: str) -> Graft | None:
        """Of the nearest mount that a canonical path is in."""
        while path and self.grafts:
            if path in self.grafts:
                return self.grafts[path]
            path = path.rpartition("/")[0]
        return None

    def owner(self, path: str) -> FileSystem:
        """Whose a canonical path is, and who counts what is in it (FileError: it is mounted read-only)."""
        graft = self._graft_at(path)
        if self.read_only if graft is None else graft.read_only:
            raise FileError("EROFS")
        return self if graft is None else graft.owner

    @property
    def now(self) -> int:
        return self.scheduler.clock

    def find(self, path: str) -> Node | None:
        """What stands at a canonical path."""
        node: Node = self.root
        for name in path.split("/"):
            if name:
                found = node.entries.get(name) if isinstance(node, Directory) else None
                if found is None:
                    return None
                node = found
        return node

    def add(self, path: str, node: Node) -> None:
        """Put something at a canonical path; directories that were only generated so far are made (FileError: the file
        system is full, or a name too long)."""
        *above, name = [part for part in path.split("/") if part]
        if len(to_bytes(name)) > NAME_MAX:
            raise FileError("ENAMETOOLONG")
        owner = self.owner(path)
        if owner.nodes >= MOST_NODES:
            raise FileError("ENOSPC")
        directory = self.root
        for part in above:
            if part not in directory.entries:
                directory.put(part, Directory(self.now))
                owner.nodes += 1
            inner = directory.entries[part]
            if not isinstance(inner, Directory):
                raise FileError("ENOTDIR")
            directory = inner
        directory.put(name, node)
        directory.changed = self.now
        owner.nodes += 1

    def drop(self, path: str) -> Node | None:
        """Take a name away, and give back what it stood for (FileError: something is mounted there, or in what is
        mounted read-only)."""
        if path in self.grafts:
            self.owner(path.rpartition("/")[0])
            raise FileError("EBUSY")
        owner = self.owner(path)
        above, _slash, name = path.rpartition("/")
        directory = self.find(above)
        if not isinstance(directory, Directory) or name not in directory.entries:
            return None
        node = directory.entries.pop(name)
        directory.changed = self.now
        owner.forget(node)
        return node

    def forget(self, node: Node) -> None:
        """Count it no more."""
        waiting = [node]
        while waiting:
            one = waiting.pop()
            self.nodes -= 1
            if isinstance(one, RegularFile):
                self.size -= len(one.text)
            elif isinstance(one, Directory):
                waiting += one.entries.values()

    def set_text(self, file: RegularFile, text: str) -> None:
        """Raises: FileError: the file system is full."""
        if self.size + len(text) - len(file.text) > self.most_bytes:
            raise FileError("ENOSPC")
        self.size += len(text) - len(file.text)
        file.text, file.changed = text, self.now
