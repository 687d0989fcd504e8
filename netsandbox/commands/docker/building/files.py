"""COPY and ADD: files of the build's context, or of another image, put into an image."""

from __future__ import annotations

import posixpath
from hashlib import sha256
from typing import TYPE_CHECKING

from netsandbox.commands.docker.images.config import list_of
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.files import system_of
from netsandbox.docker.images import Image
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import Layer
from netsandbox.shell.globbing import file_names
from netsandbox.shell.patterns import is_pattern, matches

if TYPE_CHECKING:
    from netsandbox.commands.docker.building.dockerfile import Instruction

ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
Copied = tuple[str, str, str]  # Where a file goes, what it was called, and its text
WITHOUT_EFFECT = frozenset({"chown", "chmod", "link", "parents", "exclude"})


class Copying:
    """One COPY or ADD."""

    def __init__(self, engine: DockerEngine, one: Instruction, context: Files, base: Image | None,
                 workdir: str) -> None:
        self.one = one
        self.workdir = workdir
        self.files = context if base is None else Files(system_of(base, engine.scheduler), {})
        self.is_context = base is None
        self.sizes: dict[str, int] = {}  # what it takes of the context: bytes by path, -1 of a directory
        # its flags that change nothing here
        self.ignored = [name for name, _value in one.flags if name in WITHOUT_EFFECT]

    def read(self) -> tuple[list[str], list[Copied]]:
        """The directories and the files that the image gets (DockerfileError: it asks for what is not there, or for
        what is not modelled)."""
        one = self.one
        self._check()
        listed = list_of(one.text)
        *sources, to = listed if listed is not None else one.text.split()
        target = posixpath.normpath(posixpath.join(self.workdir or "/", to))
        found = [path for text in sources for path in self._found(text)]
        into = to.endswith(("/", "/.")) or to == "." or len(found) > 1
        folders, texts = list[str](), list[Copied]()
        for path in found:
            self.sizes[path] = -1 if self.files.is_directory(path) else len(to_bytes(self.files.read(path)))
            if self.files.is_directory(path):
                self._tree(path, target, folders, texts)
            else:
                name = path.rpartition("/")[2]
                texts.append((f"{target.rstrip('/')}/{name}" if into else target, name, self.files.read(path)))
        return folders + ([target] if into else []), texts

    def _check(self) -> None:
        one = self.one
        known = WITHOUT_EFFECT | ({"from"} if one.name == "COPY" else set())
        wrong = next((name for name, _value in one.flags if name not in known), None)
        if wrong is not None:
            raise one.error(f"{one.name} --{wrong} is not modelled in the sandbox")
        if dict(one.flags).get("from") and self.is_context:
            raise one.error(f"{dict(one.flags)['from']}: no stage and no image of the sandbox has that name")
        if one.name == "ADD" and "://" in one.text:
            raise one.error("ADD of a URL is not modelled: the sandbox downloads nothing")
        if one.name == "ADD" and any(word.endswith(ARCHIVES) for word in one.text.split()[:-1]):
            raise one.error("ADD of an archive is not modelled: the sandbox has no tar")

    def _found(self, text: str) -> list[str]:
        """What a source names: a file, a directory, or what matches a pattern."""
        path = posixpath.normpath("/" + text).lstrip("/") or "."
        if not self.is_context:
            path = f"/{path}"
        found = file_names(self.files, path) if is_pattern(path) else [path] if self.files.exists(path) else []
        found = [each for each in found if not self._is_ignored(each)]
        if not found and not is_pattern(path):
            digits = sha256(to_bytes(path)).hexdigest()
            ref = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}::{digits[-25:]}"
            raise self.one.error(f'failed to compute cache key: failed to calculate checksum of ref {ref}: "/{path}": '
                                 "not found")
        return found

    def _tree(self, path: str, target: str, folders: list[str], texts: list[Copied]) -> None:
        """All of a directory; what it is called does not come along."""
        waiting = [(path, target)]
        for source, place in waiting:  # which grows meanwhile
            folders.append(place)
            for name in self.files.names(source):
                below = name if source == "." else f"{source}/{name}"
                if self._is_ignored(below):
                    continue
                self.sizes[below] = -1 if self.files.is_directory(below) else len(to_bytes(self.files.read(below)))
                if self.files.is_directory(below):
                    waiting.append((below, f"{place.rstrip('/')}/{name}"))
                else:
                    texts.append((f"{place.rstrip('/')}/{name}", name, self.files.read(below)))

    def _is_ignored(self, path: str) -> bool:
        """By .dockerignore, of whose patterns the last that fits counts."""
        return self.is_context and self.files.exists(".dockerignore") and is_ignored(
            self.files.read(".dockerignore"), path)


def is_ignored(patterns: str, path: str) -> bool:
    """Whether a .dockerignore leaves a path out of the context."""
    found = False
    for line in patterns.splitlines():
        pattern = line.strip().removeprefix("!").removeprefix("/").rstrip("/")
        if pattern and not line.startswith("#") and (
                matches(pattern.removeprefix("**/"), path) or path.startswith(f"{pattern}/") or (
                    pattern.startswith("**/") and matches(pattern[3:], path.rpartition("/")[2]))):
            found = not line.strip().startswith("!")
    return found


def in_layer(engine: DockerEngine, image: Image, folders: list[str], texts: list[Copied]) -> Layer:
    """An image's files with more of them (FileError: there is no room)."""
    system = system_of(image, engine.scheduler)
    files = Files(system, {})
    for path in [*folders, *(posixpath.dirname(path) for path, _name, _text in texts)]:
        files.make_directories(path or "/")
    for path, name, text in texts:
        files.write(f"{path}/{name}" if files.is_directory(path) else path, text)
    return system.layer()


def grown(engine: DockerEngine, image: Image, layer: Layer) -> int:
    """Characters in files that are new, or others than the image's."""
    before = set(system_of(image, engine.scheduler).layer())
    return sum(len(contents) for path, kind, contents in layer if kind == "-" and (path, kind, contents) not in before)
