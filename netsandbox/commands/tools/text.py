"""head, tail, wc, sort, uniq, cut, tr, tee, cat, rev, tac, nl, column: programs that take lines and give lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.inputs import files_of, inputs, options_of, stdin, whole_number
from netsandbox.linux.core.inode import FileError
from netsandbox.linux.core.sysctl_effect import note_on_file
from netsandbox.shell.escapes import unescaped

if TYPE_CHECKING:
    from collections.abc import Callable

    from netsandbox.commands.tools.context import ToolContext

MOST = 10**9
NO_NAME = "''"
"""As GNU's tools quote an empty name."""


def lines_of(text: str) -> list[str]:
    """Without their newlines."""
    return text.removesuffix("\n").split("\n") if text else []


def _joined(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)


def cat(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Print files one after the other; complain about those that cannot be read."""
    options, paths = options_of("cat", arguments, "AbeEnstTuv", "", {"number": "n", "show-all": "A", "show-ends": "E"})
    found, errors = inputs(context, "cat", paths)
    text = "".join(one.text for one in found)
    if options.keys() & {"n", "b"}:
        rows, number = list[str](), 0
        for line in lines_of(text):
            counted = bool(line) or "n" in options
            number += counted
            rows.append(f"{number:6}\t{line}" if counted else line)
        text = _joined(rows)
    if options.keys() & {"E", "A", "e"}:
        text = text.replace("\n", "$\n")
    if options.keys() & {"T", "A", "t"}:
        text = text.replace("\t", "^I")
    return ToolResult(1 if errors else 0, text, errors)


def head(context: ToolContext, arguments: list[str]) -> ToolResult:
    return _ends(context, "head", arguments)


def tail(context: ToolContext, arguments: list[str]) -> ToolResult:
    return _ends(context, "tail", arguments)


def _ends(context: ToolContext, name: str, arguments: list[str]) -> ToolResult:
    words = [f"-n{word[1:]}" if re.fullmatch(r"-\d+", word) else word for word in arguments]
    options, paths = options_of(name, words, "qvfF", "nc", {"lines": "n", "bytes": "c", "follow": "f", "quiet": "q"})
    found, errors = inputs(context, name, paths, _enough(options) if name == "head" else 0)
    shows_names = (len(found) > 1 and "q" not in options) or "v" in options
    parts = []
    for one in found:
        heading = f"==> {one.name or 'standard input'} <==\n" if shows_names else ""
        parts.append(heading + _end(name, one.text, options))
    return ToolResult(1 if errors else 0, "\n".join(parts) if shows_names else "".join(parts), errors)


def _enough(options: dict[str, str]) -> int:
    """How many lines head needs; 0 where it has to see the end."""
    count = options.get("n", "10")
    return int(count) if count.isascii() and count.isdecimal() and "c" not in options else 0


def _end(name: str, text: str, options: dict[str, str]) -> str:
    count = options.get("c", options.get("n", "10"))
    number = whole_number(
        name, count.lstrip("+-"), "invalid number of lines" if "c" not in options else "invalid number of bytes"
    )
    whole = list(text) if "c" in options else text.splitlines(keepends=True)
    if name == "head":
        return "".join(whole[: -number or None] if count.startswith("-") else whole[:number])
    return "".join(
        whole[max(0, number - 1) :] if count.startswith("+") else whole[len(whole) - min(number, len(whole)) :]
    )


def wc(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of("wc", arguments, "lwcmL", "", {"lines": "l", "words": "w", "bytes": "c", "chars": "m"})
    found, errors = inputs(context, "wc", paths)
    rows = [(_counts(one.text), one.name) for one in found]
    if len(paths) > 1:
        rows.append(([sum(counts[at] for counts, _name in rows) for at in range(5)], "total"))
    wanted = [number for number, letter in enumerate("lwcmL") if letter in options] or [0, 1, 2]
    alone = len(wanted) == 1 and len(rows) == 1
    width = (
        1
        if alone
        else 7
        if not paths
        else max((len(str(count)) for counts, _name in rows for count in counts), default=1)
    )
    out = "".join(
        " ".join(f"{counts[number]:>{width}}" for number in wanted) + (f" {name}" if name else "") + "\n"
        for counts, name in rows
    )
    return ToolResult(1 if errors else 0, out, errors)


def _counts(text: str) -> list[int]:
    return [text.count("\n"), len(text.split()), len(text.encode()), len(text),
            max((len(line) for line in text.split("\n")), default=0)]


def sort(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(
        "sort",
        arguments,
        "rnuVfbhscM",
        "kto",
        {"reverse": "r", "numeric-sort": "n", "unique": "u", "version-sort": "V", "key": "k", "field-separator": "t",
         "ignore-case": "f", "human-numeric-sort": "h"},
        2,
    )
    found, errors = inputs(context, "sort", paths)
    lines = [line for one in found for line in lines_of(one.text)]
    key = _sort_key(options)
    ordered = sorted(lines, key=lambda line: (key(line), "" if "s" in options else line))
    if "r" in options:
        ordered.reverse()
    if "u" in options:
        kept: dict[object, str] = {}
        for line in ordered:
            kept.setdefault(key(line), line)
        ordered = list(kept.values())
    if "o" in options:
        path = options["o"]
        try:
            files_of(context).write(path, _joined(ordered))
        except FileError as error:
            raise ToolError(2, f"{errors}sort: open failed: {path or NO_NAME}: {error}") from None
        ordered = []
    return ToolResult(2 if errors else 0, _joined(ordered), errors)


def _sort_key(options: dict[str, str]) -> Callable[[str], tuple[object, ...]]:
    match = re.fullmatch(r"(\d+)(?:\.\d+)?([a-zA-Z]*)(?:,(\d+)([a-zA-Z]*))?", options.get("k", ""))
    if "k" in options and match is None:
        raise ToolError(2, f"sort: invalid number at field start: ‘{options['k'][:40]}’")
    letters = set(options) | set((match[2] + (match[4] or "")) if match is not None else "")

    def key(line: str) -> tuple[object, ...]:
        text = line
        if match is not None:
            fields = line.split(options["t"]) if "t" in options else re.findall(r"\s*\S+", line)
            last = int(match[3]) if match[3] else len(fields)
            text = options.get("t", "").join(fields[int(match[1]) - 1 : last])
        if "f" in letters:
            text = text.upper()
        if letters & {"n", "h"}:
            number = re.match(r"\s*(-?\d+(?:\.\d+)?)([KMGT]?)", text)
            return (float(number[1]) * 1024 ** " KMGT".find(number[2] or " ") if number else 0.0,)
        if "V" in letters:
            return tuple(
                (1, int(part), "") if part.isdecimal() else (0, 0, part) for part in re.findall(r"\d+|\D+", text)
            )
        return (text.lstrip() if "b" in letters else text,)

    return key


def uniq(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of("uniq", arguments, "cdui", "", {"count": "c", "repeated": "d", "unique": "u"})
    found, errors = inputs(context, "uniq", paths[:1])
    rows: list[tuple[int, str]] = []
    for line in (line for one in found for line in lines_of(one.text)):
        same = rows and (rows[-1][1].lower() == line.lower() if "i" in options else rows[-1][1] == line)
        if same:
            rows[-1] = (rows[-1][0] + 1, rows[-1][1])
        else:
            rows.append((1, line))
    kept = [
        (times, line)
        for times, line in rows
        if ("d" not in options or times > 1) and ("u" not in options or times == 1)
    ]
    return ToolResult(1 if errors else 0,
                      _joined([f"{times:>7} {line}" if "c" in options else line for times, line in kept]), errors)


def cut(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(
        "cut",
        arguments,
        "s",
        "dfcb",
        {"delimiter": "d", "fields": "f", "characters": "c", "bytes": "b", "only-delimited": "s"},
    )
    wanted = _ranges(options.get("f") or options.get("c") or options.get("b") or "")
    mark = options.get("d", "\t")
    if not wanted:
        raise ToolError(
            1, "cut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information."
        )
    if len(mark) != 1:
        raise ToolError(1, "cut: the delimiter must be a single character\nTry 'cut --help' for more information.")
    found, errors = inputs(context, "cut", paths)
    lines = [line for one in found for line in lines_of(one.text)]
    kept = [_cut(line, wanted, mark if "f" in options else "") for line in lines if "s" not in options or mark in line]
    return ToolResult(1 if errors else 0, _joined(kept), errors)


def _cut(line: str, wanted: list[tuple[int, int]], mark: str) -> str:
    parts = line.split(mark) if mark else list(line)
    if mark and len(parts) == 1:
        return line
    return mark.join(part for n, part in enumerate(parts, 1) if any(low <= n <= high for low, high in wanted))


def _ranges(text: str) -> list[tuple[int, int]]:
    """`1,3-5,7-` as (first, last)."""
    found = []
    for part in text.split(",") if text else ():
        low, dash, high = part.partition("-")
        first = whole_number("cut", low or "1", "invalid field value")
        found.append((first, whole_number("cut", high, "invalid field value") if high else MOST if dash else first))
    return found


SETS = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "digit": "0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "blank": " \t",
    "space": " \t\n\r\f\v",
    "punct": "!-/:-@[-`{-~",
    "xdigit": "0-9A-Fa-f",
}


def tr(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, sets = options_of("tr", arguments, "cCdst", "", {"delete": "d", "squeeze-repeats": "s", "complement": "c"})
    if not sets:
        raise ToolError(1, "tr: missing operand\nTry 'tr --help' for more information.")
    if len(sets) < 2 and not options.keys() & {"d", "s"}:
        raise ToolError(
            1,
            f"tr: missing operand after ‘{sets[0]}’\nTwo strings must be given when translating.\n"
            "Try 'tr --help' for more information.",
        )
    text = stdin(context, "tr")
    first, second = _letters(sets[0]), _letters(sets[1]) if len(sets) > 1 else ""
    is_other = bool(options.keys() & {"c", "C"})

    def inside(char: str) -> bool:
        return (char in first) != is_other

    if "d" in options:
        text = "".join(char for char in text if not inside(char))
    elif second:
        last = second[-1]
        table = {char: second[at] if at < len(second) else last for at, char in reversed(list(enumerate(first)))}
        text = "".join((last if is_other else table[char]) if inside(char) else char for char in text)
    if "s" in options:
        squeezed = second or first
        text = "".join(
            char
            for at, char in enumerate(text)
            if not (at and text[at - 1] == char and (char in squeezed if second else inside(char)))
        )
    return ToolResult(0, text, "")


def _letters(text: str) -> str:
    """A set of tr with its ranges and classes as letters."""
    text = re.sub(r"\[:(\w+):\]", lambda found: SETS.get(found[1], found[0]), text)
    text = unescaped(text, False)[0]
    return re.sub(
        r"(.)-(.)", lambda found: "".join(map(chr, range(ord(found[1]), ord(found[2]) + 1))), text, flags=re.DOTALL
    )


def tee(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of("tee", arguments, "aip", "", {"append": "a"})
    text, errors, notes = stdin(context, "tee"), "", ""
    for path in paths:
        try:
            files = files_of(context)
            where = files.create(path, "a" in options)
            files.write(where, text, append=True)
        except FileError as error:
            errors += f"tee: {path}: {error}\n"
            continue
        notes += note_on_file(where, text)
    return ToolResult(1 if errors else 0, text, errors + notes)


def _each(name: str, change: Callable[[list[str]], list[str]]) -> Callable[[ToolContext, list[str]], ToolResult]:
    def run(context: ToolContext, arguments: list[str]) -> ToolResult:
        found, errors = inputs(context, name, [word for word in arguments if not word.startswith("-")])
        lines = [line for one in found for line in lines_of(one.text)]
        return ToolResult(1 if errors else 0, _joined(change(lines)), errors)

    return run


def _columns(lines: list[str]) -> list[str]:
    """column -t."""
    rows = [line.split() for line in lines]
    widths = [
        max((len(row[at]) for row in rows if at < len(row)), default=0)
        for at in range(max(map(len, rows), default=0))
    ]
    return [
        "  ".join(word.ljust(widths[at]) if at < len(row) - 1 else word for at, word in enumerate(row))
        for row in rows
    ]


rev = _each("rev", lambda lines: [line[::-1] for line in lines])
tac = _each("tac", lambda lines: lines[::-1])
nl = _each("nl", lambda lines: [f"{number:6}\t{line}" for number, line in enumerate(lines, 1)])
column = _each("column", _columns)
pager = _each("less", lambda lines: lines)
