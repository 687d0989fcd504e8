"""Archives of files in tar's old GNU format (tar(5)): made of what is there, and put where it is to be."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple

from netsandbox.engine.budget import Use, spend
from netsandbox.engine.octets import to_bytes, to_text
from netsandbox.engine.units import EPOCH, SECOND
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import Directory, FileError


class Member(NamedTuple):
    """A file, a directory or a link, with a file's content."""

    info: tarfile.TarInfo
    content: bytes = b""
    text: str = ""  # the file's own, which of a capture knows its frames; empty out of an archive


def member(files: Files, path: str, name: str) -> Member:
    """What is at a path, as a member of that name."""
    made = tarfile.TarInfo(name)
    node, link = files.node(path), files.link(path)
    made.mtime = (EPOCH + (node.changed if node is not None else 0)) // SECOND
    made.uname = made.gname = "root"
    if link is not None:
        made.type, made.linkname, made.mode = tarfile.SYMTYPE, link, 0o777
    elif files.is_directory(path):
        made.type, made.mode = tarfile.DIRTYPE, 0o755
    else:
        text = files.read(path)
        content = to_bytes(text)
        made.size, made.mode = len(content), 0o644
        return Member(made, content, text)
    return Member(made)


def emptied(one: Member) -> Member:
    """A file with nothing in it."""
    one.info.size = 0
    return Member(one.info)


def tree(files: Files, path: str, name: str) -> Iterator[Member]:
    """The same, and of a directory what is below it, parents first (FileError: there is nothing at the path)."""
    waiting = [(path, name)]
    while waiting:
        path, name = waiting.pop()
        spend(Use.WORK, 100)
        if files.link(path) is None and not files.exists(path):
            raise FileError("ENOENT")
        one = member(files, path, name)
        yield one
        if one.info.isdir():
            waiting += [(f"{path.rstrip('/')}/{below}", f"{name}/{below}".lstrip("/"))
                        for below in reversed(files.names(path))]


def writer(kept: io.BytesIO, mode: str = "w") -> AbstractContextManager[tarfile.TarFile]:
    """Raises: tarfile.TarError: what is kept there already is no archive."""
    return tarfile.open(mode="a" if mode == "a" else "w", fileobj=kept, format=tarfile.GNU_FORMAT)


def packed(members: Iterable[Member]) -> str:
    """An archive's text; in the sandbox all files are text."""
    kept = io.BytesIO()
    with writer(kept) as archive:
        for one in members:
            archive.addfile(one.info, io.BytesIO(one.content))
    return to_text(kept.getvalue())


def members_of(text: str) -> list[Member]:
    """Raises: tarfile.TarError: it is no archive."""
    with tarfile.open(fileobj=io.BytesIO(to_bytes(text)), mode="r:") as archive:
        return [Member(one, (archive.extractfile(one) or io.BytesIO()).read() if one.isreg() else b"")
                for one in archive]


def put(files: Files, path: str, one: Member, *, keeps_old: bool = False, is_dated: bool = True) -> None:
    """Make it what is at a path (FileError: it cannot be put there)."""
    if one.info.isdir():
        files.make_directories(path)
        return
    if keeps_old and (files.link(path) is not None or files.exists(path)):
        raise FileError("EEXIST")
    folder = path.rpartition("/")[0]
    if folder:
        files.make_directories(folder)
    if files.link(path) is not None or (one.info.issym() and files.exists(path)):
        files.remove(path)
    if one.info.issym():
        files.make_link(path, one.info.linkname)
    else:
        files.write(path, one.text or to_text(one.content))
    node = files.node(path)
    if is_dated and node is not None and not isinstance(node, Directory):
        node.changed = int(one.info.mtime) * SECOND - EPOCH
