"""Counts of bytes as coreutils and util-linux take them, and files that are made so long (xstrtol.c)."""

from __future__ import annotations

import re

from netsandbox.linux.core.files.inode import MOST_BYTES

SIZE = re.compile(r"(\d+)(c|w|b|kB|KB|K|k|KiB|MB|M|MiB|GB|G|GiB)?", re.ASCII)
UNITS = {"": 1, "c": 1, "w": 2, "b": 512, "kB": 1000, "KB": 1000, "MB": 1000 ** 2, "GB": 1000 ** 3,
         **{f"{letter}{end}": 1 << shift for letter, shift in (("K", 10), ("k", 10), ("M", 20), ("G", 30))
            for end in ("", "iB")}}
FULL = f"note: a file system of the sandbox holds {MOST_BYTES >> 20} MiB\n"


def bytes_of(text: str) -> int | None:
    """`4k` is 4096 and `4kB` 4000; None where it is no count."""
    found = SIZE.fullmatch(text)
    return int(found[1]) * UNITS[found[2] or ""] if found else None


def padded(text: str, size: int) -> str:
    """With zeros up to a size; of one that no file system has, as many as there is no room for."""
    return text.ljust(min(size, MOST_BYTES + 1), "\0")
