"""sort, uniq and cut: programs that look at the fields of lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.inputs import files_of, inputs, options_of, whole_number
from netsandbox.commands.tools.text import joined, lines_of
from netsandbox.linux.core.inode import FileError

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

MOST = 10**9
NO_NAME = "''"
"""As GNU's tools quote an empty name."""
TRY_CUT = "\nTry 'cut --help' for more information."
SORT_LONG = {"reverse": "r", "numeric-sort": "n", "unique": "u", "version-sort": "V", "key": "k", "stable": "s",
             "field-separator": "t", "ignore-case": "f", "human-numeric-sort": "h", "check": "c", "output": "o",
             "ignore-leading-blanks": "b", "dictionary-order": "d", "merge": "m", "month-sort": "M"}
KEY = re.compile(r"(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?")
FIELD = re.compile(r"\s*\S+")
WAYS = frozenset("bdfhnrVM")
"""Letters that say how a key is compared; one that has some is not compared as the others are."""


class Key(NamedTuple):
    """What is compared of a line: from a field, and a letter in it, to another; and how."""

    first: int = 1
    start: int = 1
    last: int = 0
    end: int = 0
    ways: frozenset[str] = frozenset()

    def text(self, line: str, mark: str) -> str:
        """The part of a line."""
        if (self.first, self.start, self.last) == (1, 1, 0):
            return line
        fields = line.split(mark) if mark else FIELD.findall(line)
        last = self.last or len(fields)
        if self.first > len(fields) or last < self.first:
            return ""
        cut = fields[self.first - 1:last]
        if self.end and last <= len(fields):
            blanks = len(cut[-1]) - len(cut[-1].lstrip()) if "b" in self.ways else 0
            cut[-1] = cut[-1][:blanks + self.end]
        head = cut[0].lstrip() if "b" in self.ways else cut[0]
        return mark.join([head[self.start - 1:], *cut[1:]])

    def value(self, line: str, mark: str) -> tuple[object, ...]:
        """What stands for it in an order."""
        text = self.text(line, mark)
        if self.ways & {"n", "h"}:
            number = re.match(r"\s*(-?(?:\d+\.?\d*|\.\d+))([KMGTPE]?)", text)
            if number is None:
                return (0, 0.0)
            amount = float(number[1])
            power = " KMGTPE".find(number[2] or " ") if "h" in self.ways and amount else 0
            return (power if amount > 0 else -power, amount)
        if "V" in self.ways:
            return tuple(_versioned(part, at % 2 == 1) for at, part in enumerate(re.split(r"(\d+)", text)))
        text = text.lstrip() if "b" in self.ways else text
        return (text.upper() if "f" in self.ways else text,)


def _versioned(part: str, is_number: bool) -> tuple[object, ...]:
    """Letters come before all else but `~` and the end (version-sort of gnulib)."""
    if is_number:
        return (int(part),)
    return (*(-1 if char == "~" else ord(char) + 1 if char.isalpha() else ord(char) + 0x110001 for char in part), 0)


def sort(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of("sort", arguments, "rnuVfbhscMdmgR", "kto", SORT_LONG, 2, "k")
    mark = options.get("t", "")
    own = frozenset(options) & WAYS
    keys = [_key(text, own) for text in options["k"].split("\n")] if "k" in options else [Key(ways=own)]
    if "c" in options and paths[1:]:
        raise ToolError(2, f"sort: extra operand '{paths[1][:40]}' not allowed with -c")
    found, errors = inputs(context, "sort", paths)
    lines = [line for one in found for line in lines_of(one.text)]
    if "c" in options:
        return _checked(lines, _ordered(lines, keys, mark, options), paths, errors)
    lines = _ordered(lines, keys, mark, options)
    if "o" in options:
        path = options["o"]
        try:
            files_of(context).write(path, joined(lines))
        except FileError as error:
            raise ToolError(2, f"{errors}sort: open failed: {path or NO_NAME}: {error}") from None
        lines = []
    return ToolResult(2 if errors else 0, joined(lines), errors)


def _key(text: str, own: frozenset[str]) -> Key:
    """Raises ToolError: it is none."""
    match = KEY.fullmatch(text)
    if match is None:
        raise ToolError(2, f"sort: invalid number at field start: invalid count at start of ‘{text[:40]}’")
    if not int(match[1]):
        raise ToolError(2, f"sort: field number is zero: invalid field specification ‘{text[:40]}’")
    letters = frozenset(match[3] + (match[6] or ""))
    if letters - WAYS:
        raise ToolError(2, f"sort: stray character in field spec: invalid field specification ‘{text[:40]}’")
    if letters & {"d", "M"}:
        raise ToolError(2, f"netsandbox: sort -k {text[:40]} is not modelled")
    return Key(int(match[1]), int(match[2] or 1), int(match[4] or 0), int(match[5] or 0), letters or own)


def _ordered(lines: list[str], keys: list[Key], mark: str, options: dict[str, str]) -> list[str]:
    """By the keys, then, unless -s or -u, by the whole lines."""
    if not options.keys() & {"s", "u"}:
        lines = sorted(lines, reverse="r" in options)
    for key in reversed(keys):
        lines = sorted(lines, key=lambda line, key=key: key.value(line, mark), reverse="r" in key.ways)  # type: ignore[misc]
    if "u" in options:
        kept: dict[object, str] = {}
        for line in lines:
            kept.setdefault(tuple(key.value(line, mark) for key in keys), line)
        lines = list(kept.values())
    return lines


def _checked(lines: list[str], ordered: list[str], paths: list[str], errors: str) -> ToolResult:
    """-c: which line is the first that is out of order."""
    at = next((at for at, line in enumerate(lines) if at and ordered.index(line) < ordered.index(lines[at - 1])), None)
    if at is None or errors:
        return ToolResult(2 if errors else 0, "", errors)
    return ToolResult(1, "", f"sort: {paths[0] if paths else '-'}:{at + 1}: disorder: {lines[at]}\n")


def uniq(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of("uniq", arguments, "cduiDz", "fsw", {
        "count": "c", "repeated": "d", "unique": "u", "ignore-case": "i", "skip-fields": "f", "skip-chars": "s",
        "check-chars": "w", "all-repeated": "D"})
    fields, chars = (whole_number("uniq", options.get(letter, "0")) for letter in "fs")
    width = whole_number("uniq", options["w"]) if "w" in options else None

    def compared(line: str) -> str:
        for _ in range(fields):
            line = re.sub(r"^\s*\S*", "", line, count=1)
        line = line[chars:][:width]
        return line.lower() if "i" in options else line

    found, errors = inputs(context, "uniq", paths[:1])
    groups: list[list[str]] = []
    for line in (line for one in found for line in lines_of(one.text)):
        if groups and compared(groups[-1][0]) == compared(line):
            groups[-1].append(line)
        else:
            groups.append([line])
    kept = [group for group in groups if not (
        (options.keys() & {"d", "D"} and len(group) == 1) or ("u" in options and len(group) > 1))]
    rows = [line for group in kept for line in (group if "D" in options else group[:1])]
    if "c" in options:
        rows = [f"{len(group):>7} {group[0]}" for group in kept]
    return ToolResult(1 if errors else 0, joined(rows), errors)


def cut(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of("cut", arguments, "sznC", "dfcbO", {
        "delimiter": "d", "fields": "f", "characters": "c", "bytes": "b", "only-delimited": "s",
        "output-delimiter": "O", "complement": "C"})
    wanted = _ranges(options.get("f") or options.get("c") or options.get("b") or "", "f" in options)
    mark = options.get("d", "\t")
    if not wanted:
        raise ToolError(1, f"cut: you must specify a list of bytes, characters, or fields{TRY_CUT}")
    if len(mark) != 1:
        raise ToolError(1, f"cut: the delimiter must be a single character{TRY_CUT}")
    found, errors = inputs(context, "cut", paths)
    lines = [line for one in found for line in lines_of(one.text)]
    mark = mark if "f" in options else ""
    kept = [_cut(line, wanted, mark, options) for line in lines if "s" not in options or mark in line]
    return ToolResult(1 if errors else 0, joined(kept), errors)


def _cut(line: str, wanted: list[tuple[int, int]], mark: str, options: dict[str, str]) -> str:
    parts = line.split(mark) if mark else list(line)
    if mark and len(parts) == 1:
        return line
    inside = [any(low <= at <= high for low, high in wanted) != ("C" in options) for at in range(1, len(parts) + 1)]
    between = options.get("O", mark)
    if mark or not between:
        return between.join(part for part, is_in in zip(parts, inside, strict=True) if is_in)
    runs = "".join(part if is_in else "\0" for part, is_in in zip(parts, inside, strict=True)).split("\0")
    return between.join(run for run in runs if run)


def _ranges(text: str, is_of_fields: bool) -> list[tuple[int, int]]:
    """`1,3-5,7-` as (first, last)."""
    what, found = "fields" if is_of_fields else "byte/character positions", []
    for part in text.split(",") if text else ():
        low, dash, high = part.partition("-")
        bounds = [whole_number("cut", number or "1", "invalid field value") for number in (low, high)]
        if 0 in (bounds[0], bounds[1] if high else 1):
            raise ToolError(1, f"cut: {what} are numbered from 1{TRY_CUT}")
        if high and bounds[1] < bounds[0]:
            raise ToolError(1, f"cut: invalid decreasing range{TRY_CUT}")
        found.append((bounds[0], bounds[1] if high else MOST if dash else bounds[0]))
    return found
