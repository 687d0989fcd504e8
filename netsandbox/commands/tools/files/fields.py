"""sort, uniq and cut: programs that look at the fields of lines."""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from typing import NamedTuple

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.files.text import joined, lines_of
from netsandbox.commands.tools.inputs import STDIN, files_of, inputs
from netsandbox.commands.tools.looks import passes_on
from netsandbox.commands.tools.options import options_of, read, table
from netsandbox.linux.core.files.inode import FileError

MOST = 10**9
NO_NAME = "''"  # As GNU's tools quote an empty name
TRY_UNIQ = "\nTry 'uniq --help' for more information."
SKIPPED = {"f": "fields to skip", "s": "bytes to skip", "w": "bytes to compare"}
MOST_SKIPPED = 10_000
TRY_CUT = "\nTry 'cut --help' for more information."
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
            number = re.match(r"\s*(-?(?:\d+\.?\d*|\.\d+))([kKMGTPE]?)", text)
            if number is None:
                return (0, 0.0)
            amount = float(number[1])
            power = " KMGTPE".find(number[2].upper() or " ") if "h" in self.ways and amount else 0
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


SORT = table(
    "sort", 2,
    acts="r|reverse n|numeric-sort u|unique V|version-sort f|ignore-case b|ignore-leading-blanks h|human-numeric-sort "
         "s|stable c|check C k|key= t|field-separator= o|output=",
    refused="M|month-sort d|dictionary-order m|merge g|general-numeric-sort R|random-sort z|zero-terminated "
            "i|ignore-nonprinting S|buffer-size= T|temporary-directory= random-source= sort= batch-size= "
            "compress-program= debug files0-from= parallel=")


@passes_on("-[A-Za-z]*o|--output")
def sort(context: ToolContext, arguments: list[str]) -> ToolResult:
    told = read(SORT, arguments)
    options, paths = told.values, told.operands
    mark = options.get("t", "")
    if "t" in options and len(mark) != 1:
        raise ToolError(2, f"sort: multi-character tab ‘{mark[:40]}’" if mark else "sort: empty tab")
    own = frozenset(options) & WAYS
    keys = [_key(text, own) for text in told.every("k")] or [Key(ways=_agreed(own))]
    check = next((letter for letter in "cC" if letter in options), "")
    if check and paths[1:]:
        raise ToolError(2, f"sort: extra operand '{paths[1][:40]}' not allowed with -{check}")
    found, errors = inputs(context, "sort", paths)
    if errors:
        raise ToolError(2, errors.partition("\n")[0])
    lines = [line for one in found for line in lines_of(one.text)]
    if check:
        return _checked(lines, keys, mark, options, paths[0] if paths else "-")
    lines = _ordered(lines, keys, mark, options)
    if "o" in options:
        _write(context, options["o"], joined(lines))
        lines = []
    return ToolResult(0, joined(lines), "")


def _write(context: ToolContext, path: str, text: str) -> None:
    try:
        files_of(context).write(path, text)
    except FileError as error:
        raise ToolError(2, f"sort: open failed: {path or NO_NAME}: {error}") from None


def _key(text: str, own: frozenset[str]) -> Key:
    """Raises ToolError: it is none."""
    match = KEY.fullmatch(text)
    if match is None:
        raise ToolError(2, f"sort: invalid number at field start: invalid count at start of ‘{text[:40]}’")
    for number, what in ((match[1], "field number"), (match[2], "character offset"), (match[4], "field number")):
        if number and not int(number):
            raise ToolError(2, f"sort: {what} is zero: invalid field specification ‘{text[:40]}’")
    letters = frozenset(match[3] + (match[6] or ""))
    if letters - WAYS:
        raise ToolError(2, f"sort: stray character in field spec: invalid field specification ‘{text[:40]}’")
    if letters & {"d", "M"}:
        raise ToolError(2, f"netsandbox: sort -k {text[:40]} is not modelled")
    return Key(int(match[1]), int(match[2] or 1), int(match[4] or 0), int(match[5] or 0), _agreed(letters or own))


def _agreed(ways: frozenset[str]) -> frozenset[str]:
    """Raises ToolError: two of them say what numbers are."""
    kinds = sorted(ways & {"h", "n", "V"}, key=str.lower)
    if len(kinds) > 1:
        raise ToolError(2, f"sort: options '-{''.join(kinds)}' are incompatible")
    return ways


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


def _checked(lines: list[str], keys: list[Key], mark: str, options: dict[str, str], name: str) -> ToolResult:
    """-c, or without a word -C: which line is the first that is out of order, or with -u like the one before."""
    for number, pair in enumerate(pairwise(lines), 2):
        if _ordered([*pair], keys, mark, options) != [*pair]:
            said = f"sort: {name}:{number}: disorder: {pair[1]}\n" * ("c" in options)
            return ToolResult(1, "", said)
    return ToolResult(0, "", "")


UNIQ = table(
    "uniq", acts="c|count d|repeated u|unique i|ignore-case D|all-repeated f|skip-fields= s|skip-chars= w|check-chars=",
    refused="z|zero-terminated group?")


@passes_on("[^-]")
def uniq(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(UNIQ, arguments)
    if len(paths) > 2:
        raise ToolError(1, f"uniq: extra operand ‘{paths[2][:40]}’{TRY_UNIQ}")
    if {"c", "D"} <= options.keys():
        raise ToolError(1, f"uniq: printing all duplicated lines and repeat counts is meaningless{TRY_UNIQ}")
    numbers = {letter: _skipped(options[letter], what) for letter, what in SKIPPED.items() if letter in options}
    found, errors = inputs(context, "uniq", paths[:1])
    if errors:
        raise ToolError(1, errors.rstrip("\n"))
    groups = groupby(lines_of(found[0].text), lambda line: _compared(line, numbers, "i" in options))
    kept = [group for group in (list(lines) for _compared_as, lines in groups) if not (
        (options.keys() & {"d", "D"} and len(group) == 1) or ("u" in options and len(group) > 1))]
    rows = [line for group in kept for line in (group if "D" in options else group[:1])]
    if "c" in options:
        rows = [f"{len(group):>7} {group[0]}" for group in kept]
    if paths[1:] in ([], [STDIN]):
        return ToolResult(0, joined(rows), "")
    try:
        files_of(context).write(paths[1], joined(rows))
    except FileError as error:
        raise ToolError(1, f"uniq: {paths[1]}: {error}") from None
    return ToolResult(0, "", "")


def _skipped(text: str, what: str) -> int:
    """Raises ToolError: it is no number."""
    if not text.isascii() or not text.isdecimal():
        raise ToolError(1, f"uniq: {text[:40]}: invalid number of {what}")
    return min(int(text[:10]), MOST)


def _compared(line: str, numbers: dict[str, int], ignores_case: bool) -> str:
    """What of a line is held against that of another."""
    fields = re.match(rf"(?:\s*\S+){{0,{min(numbers.get('f', 0), MOST_SKIPPED)}}}", line)
    rest = line[fields.end() if fields else 0:][numbers.get("s", 0):][:numbers.get("w")]
    return rest.lower() if ignores_case else rest


CUT = table(
    "cut", acts="s|only-delimited d|delimiter= f|fields= c|characters= b|bytes= output-delimiter= complement",
    refused="z|zero-terminated n")


@passes_on()
def cut(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(CUT, arguments)
    lists = [letter for letter in "fcb" if letter in options]
    if len(lists) != 1:
        raise _cut_error("only one list may be specified" if lists else
                         "you must specify a list of bytes, characters, or fields")
    wanted = _ranges(options[lists[0]], "f" in options)
    if "f" not in options and "d" in options:
        raise _cut_error("an input delimiter may be specified only when operating on fields")
    if "f" not in options and "s" in options:
        raise _cut_error("suppressing non-delimited lines makes sense\n\tonly when operating on fields")
    mark = options.get("d", "\t")
    if len(mark) != 1:
        raise _cut_error("the delimiter must be a single character")
    found, errors = inputs(context, "cut", paths)
    lines = [line for one in found for line in lines_of(one.text)]
    mark = mark if "f" in options else ""
    kept = [_cut(line, wanted, mark, options) for line in lines if "s" not in options or mark in line]
    return ToolResult(1 if errors else 0, joined(kept), errors)


def _cut(line: str, wanted: list[tuple[int, int]], mark: str, options: dict[str, str]) -> str:
    parts = line.split(mark) if mark else list(line)
    if mark and len(parts) == 1:
        return line
    is_complement = "complement" in options
    inside = [any(low <= at <= high for low, high in wanted) != is_complement for at in range(1, len(parts) + 1)]
    between = options.get("output-delimiter", mark)
    if mark or not between:
        return between.join(part for part, is_in in zip(parts, inside, strict=True) if is_in)
    runs = "".join(part if is_in else "\0" for part, is_in in zip(parts, inside, strict=True)).split("\0")
    return between.join(run for run in runs if run)


def _ranges(text: str, is_of_fields: bool) -> list[tuple[int, int]]:
    """`1,3-5,7-` as (first, last)."""
    what, found = "field" if is_of_fields else "byte/character position", []
    for part in re.split("[, \t]", text):
        low, dash, high = part.partition("-")
        wrong = next((number for number in (low, high) if number.strip("0123456789") or len(number) > 9), None)
        if dash and not low and not high:
            raise _cut_error("invalid range with no endpoint: -")
        if wrong is not None and "-" in high:
            raise _cut_error(f"invalid {'field' if is_of_fields else 'byte or character'} range")
        if wrong is not None:
            raise _cut_error(f"invalid {what}{' value' * is_of_fields} ‘{wrong[:40]}’")
        first, last = int(low or dash == "-"), int(high or (MOST if dash else low or "0"))
        if not first or not last:
            raise _cut_error(f"{what}s are numbered from 1")
        if last < first:
            raise _cut_error("invalid decreasing range")
        found.append((first, last))
    return found


def _cut_error(what: str) -> ToolError:
    return ToolError(1, f"cut: {what}{TRY_CUT}")
