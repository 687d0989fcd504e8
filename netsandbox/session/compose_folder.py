"""The folders that a Compose file's images are built from, as texts that go along with it."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from netsandbox.commands.compose.file.model import BuildSpec, Project
from netsandbox.commands.docker.building.files import is_ignored
from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.session.files import FileError, read_bytes

LARGEST = 1 << 20  # Bytes of a file that goes along, and of all files of a context
MOST = 500  # Entries of a context that are looked at
NEVER = ".git"  # What no image here is made of


def is_below(path: Path, folder: Path) -> bool:
    """Whether it is in the folder or below, wherever links lead."""
    return path.resolve().is_relative_to(folder.resolve())


def contexts(project: Project, folder: Path) -> dict[str, str]:
    """What the services are built from, by paths from the Compose file's folder (ScenarioError: something of it is
    elsewhere, is no regular file of text, or is too much)."""
    found: dict[str, str] = {}
    for service in project.services.values():
        if service.build is not None:
            found |= _Context(service.build, folder, f"services.{service.name}.build", project.path).read()
    return found


class _Context:
    """The folder of one `build:`."""

    def __init__(self, build: BuildSpec, folder: Path, what: str, name: str) -> None:
        self.build = build
        self.folder = folder
        self.what = what
        self.name = name
        self.root = Path(os.path.normpath(Path(build.context).absolute()))

    def read(self) -> dict[str, str]:
        if not is_below(self.root, self.folder):
            raise self.error(f"{self.build.context} is not in the Compose file's folder, and no files of elsewhere are "
                             "taken along")
        if not os.path.lexists(self.build.flags[self.build.flags.index("--file") + 1]):
            return {}  # which the build itself says, as the Engine does, and reads no more
        found, seen, size = dict[str, str](), 0, 0
        for place, folders, files in os.walk(self.root):
            below = Path(place).relative_to(self.root)
            folders[:] = sorted(each for each in folders if each != NEVER and not self.is_ignored(str(below / each)))
            links = [each for each in folders if (Path(place) / each).is_symlink()]
            for each in (*sorted(files), *links):
                short = str(below / each)
                if short == ".dockerignore" or not self.is_ignored(short):
                    text = self.text(short)
                    found[str((self.root / short).relative_to(self.folder))] = text
                    size += len(text)
            seen += len(files) + len(folders)
            if seen > MOST or size > LARGEST:
                raise self.error(f"{self.build.context} has more than {MOST} files or {LARGEST >> 20} MB; a "
                                 ".dockerignore leaves out what the image does not need")
        return found

    @cached_property
    def patterns(self) -> str:
        return self.text(".dockerignore") if (self.root / ".dockerignore").is_file() else ""

    def is_ignored(self, short: str) -> bool:
        return is_ignored(self.patterns, short)

    def text(self, short: str) -> str:
        """Of a regular file of the folder."""
        path = self.root / short
        try:
            if short.isprintable() and path.is_file() and is_below(path, self.folder):
                return read_bytes(path, LARGEST).decode()
        except (FileError, UnicodeDecodeError):
            pass
        raise self.error(f"{short!r} is no regular file of text in the Compose file's folder; a .dockerignore can "
                         "leave it out")

    def error(self, message: str) -> ScenarioError:
        return ScenarioError(self.name, self.build.line, f"{self.what}: {message}")
