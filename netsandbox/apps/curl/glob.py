"""What curl makes of braces and ranges in an URL."""

from __future__ import annotations

import re
from itertools import product
from typing import NamedTuple

MOST = 10_000  # URLs of one word


class Wanted(NamedTuple):
    """One URL."""

    text: str
    place: int  # of the word that it comes from, among the URLs of the command line
    chosen: tuple[str, ...] = ()  # what it has of each brace and range

    def named(self, name: str) -> str:
        """A file's name, where `#1` is what was chosen of the first brace or range (glob_match_url)."""
        def of(found: re.Match[str]) -> str:
            number = int(found[1])
            return self.chosen[number - 1] if 0 < number <= len(self.chosen) else found[0]
        return re.sub(r"#(\d+)", of, name, flags=re.ASCII)


class GlobError(Exception):
    """A range or a brace that is wrong; the text shows where."""

    def __init__(self, what: str, url: str, column: int) -> None:
        super().__init__(f"{what} in URL position {column}:\n{url}\n{' ' * (column - 1)}^")


def expand(url: str, place: int) -> list[Wanted]:
    """The URLs that `{a,b}`, `[1-3]`, `[01-10:2]` and `[a-c]` stand for (GlobError: as curl words it)."""
    parts: list[list[str]] = []
    at, plain = 0, ""
    while at < len(url):
        character = url[at]
        if character in "]}":
            raise GlobError("unmatched close brace/bracket", url, at + 1)
        if character not in "{[":
            plain += character
            at += 1
            continue
        parts.append([plain])
        plain = ""
        choices, at = (_set if character == "{" else _range)(url, at)
        parts.append(choices)
    parts.append([plain])
    return [Wanted("".join(chosen), place, chosen[1::2])
            for _number, chosen in zip(range(MOST), product(*parts), strict=False)]


def _set(url: str, at: int) -> tuple[list[str], int]:
    end = url.find("}", at)
    if end < 0:
        raise GlobError("unmatched brace", url, at + 1)
    inner = url.find("{", at + 1, end)
    if inner > 0:
        raise GlobError("nested brace", url, inner + 1)
    choices = url[at + 1:end].split(",")
    if choices == [""]:
        raise GlobError("empty string within braces", url, end + 1)
    return choices, end + 1


def _range(url: str, at: int) -> tuple[list[str], int]:
    if re.match(r"\[[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\]", url[at:]):
        end = url.index("]", at) + 1
        return [url[at:end]], end
    found = re.match(r"\[(?:(\d+)-(\d+)|([a-z])-([a-z])|([A-Z])-([A-Z]))(?::(\d+))?\]", url[at:], re.ASCII)
    step = int(found[7] or 1) if found is not None else 0
    low, high = next(((a, b) for a, b in zip(found.groups()[:6:2], found.groups()[1:6:2], strict=True) if a),
                     ("", "")) if found is not None else ("", "")
    first, last = (int(low), int(high)) if low.isdecimal() else (ord(low or "b"), ord(high or "a"))
    if found is None or not step or first > last:
        start = re.match(r"\[[0-9]+-[0-9]*", url[at:], re.ASCII)
        raise GlobError("bad range", url, (at + start.end() if start is not None and found is None else
                                           at + len(found[0]) if found is not None else at + 1) + 1)
    width = len(low) if low.startswith("0") else 0
    numbers = range(first, min(last, first + MOST) + 1, step)
    return [str(n).zfill(width) if low.isdecimal() else chr(n) for n in numbers], at + len(found[0])
