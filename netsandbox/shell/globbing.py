"""Names of files that match a pattern (POSIX XCU 2.13.3)."""

from __future__ import annotations

import re

from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError
from netsandbox.shell.errors import RefusedError
from netsandbox.shell.patterns import is_pattern, matches

MOST_NAMES = 10_000


def file_names(files: Files, pattern: str) -> list[str]:
    """Paths that are there and match, sorted; none if there are none (RefusedError: there are too many)."""
    found = ["/" if pattern.startswith("/") else ""]
    parts = pattern.strip("/").split("/")
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        following: list[str] = []
        for above in found:
            following += _below(files, above, part, is_last and not pattern.endswith("/"))
        if len(following) > MOST_NAMES:
            raise RefusedError(f"netsandbox: more than {MOST_NAMES} names match {pattern[:60]}")
        found = following
    return sorted(path + ("/" if pattern.endswith("/") else "") for path in found)


def _below(files: Files, above: str, part: str, may_be_file: bool) -> list[str]:
    prefix = above if above in ("", "/") else above + "/"
    if not is_pattern(part):
        path = prefix + re.sub(r"\\(.)", r"\1", part)
        return [path] if (files.exists(path) if may_be_file else files.is_directory(path)) else []
    try:
        names = files.names(above or ".")
    except FileError:
        return []
    shown = [name for name in names if (part.startswith(".") or not name.startswith(".")) and matches(part, name)]
    return [prefix + name for name in shown if may_be_file or files.is_directory(prefix + name)]
