"""Names of routing tables: /etc/iproute2/rt_tables (lib/rt_names.c), as the line that runs finds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError

PATH = "/etc/iproute2/rt_tables"
BUILT_IN = {253: "default", 254: "main", 255: "local"}
MOST = 1 << 32
_NAMES: ContextVar[dict[int, str] | None] = ContextVar("table names", default=None)


@contextmanager
def table_names(files: Files | None) -> Iterator[None]:
    """What files say counts within."""
    token = _NAMES.set(BUILT_IN | _read(files))
    try:
        yield
    finally:
        _NAMES.reset(token)


def names() -> dict[int, str]:
    """By number."""
    return _NAMES.get() or BUILT_IN


def shown(table: str) -> str:
    """A table, which the kernel knows by its number, as it is told."""
    return names().get(int(table), table) if table.isdecimal() else table


def _read(files: Files | None) -> dict[int, str]:
    """`NUMBER NAME` a line; the last one of a number counts."""
    if files is None:
        return {}
    folder, paths = f"{PATH}.d", [PATH]
    if files.is_directory(folder):
        paths += [f"{folder}/{name}" for name in files.names(folder) if name.endswith(".conf")]
    found: dict[int, str] = {}
    for path in paths:
        try:
            lines = files.read(path).splitlines() if files.exists(path) else []
        except FileError:
            continue
        for line in lines:
            words = line.partition("#")[0].split()
            if len(words) == 2 and words[0].isascii() and words[0].isdecimal() and int(words[0]) < MOST:
                found[int(words[0])] = words[1]
    return {number: name for number, name in found.items() if number not in BUILT_IN and number}
