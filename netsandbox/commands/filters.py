"""What can stand behind a `|`: programs that take lines and give lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from netsandbox.apps.options import getopt
from netsandbox.apps.pattern import Pattern, PatternError, compile_pattern, extended, literal
from netsandbox.apps.program import UsageError
from netsandbox.commands.errors import CommandError


class Filtered(NamedTuple):
    """What a filter makes of its input, and its exit status."""

    lines: list[str]
    code: int = 0


Filter = Callable[[list[str]], Filtered]
AWK = re.compile(r"(?:/([^/]*)/)?\s*\{\s*print\s*((?:\$(?:NF|\d+)\s*,?\s*)*)\}")
MOST = 10 ** 9


def grep(arguments: list[str]) -> Filter:
    options, operands = getopt("grep", arguments, "viEnwFcoPqx", "eABCm")
    patterns = [options["e"]] if "e" in options else operands[:1]
    if not patterns:
        raise UsageError("grep: a pattern is missing", 2)
    text = literal(patterns[0]) if "F" in options else patterns[0]
    if not options.keys() & {"E", "P", "F"}:
        text = extended(text)
    try:
        pattern = compile_pattern(rf"\b(?:{text})\b" if "w" in options else text, "i" in options, "P" not in options)
    except PatternError as error:
        raise UsageError(f"grep: {error}", 2) from None
    return lambda lines: _grep(pattern, options, lines)


def _grep(pattern: Pattern, options: dict[str, str], lines: list[str]) -> Filtered:
    matches = pattern.is_all_of if "x" in options else pattern.matches
    hits = [n for n, line in enumerate(lines) if matches(line) != ("v" in options)]
    hits = hits[:count("grep", options["m"])] if "m" in options else hits
    before = count("grep", options.get("B", options.get("C", "0")))
    after = count("grep", options.get("A", options.get("C", "0")))
    shown = sorted({n for hit in hits for n in range(max(0, hit - before), min(len(lines), hit + after + 1))})
    if "c" in options:
        return Filtered([str(len(hits))], 0 if hits else 1)
    if "q" in options:
        return Filtered([], 0 if hits else 1)
    found = [(n, lines[n]) for n in shown]
    if "o" in options:
        found = [(n, text) for n in hits for text in pattern.occurrences(lines[n])]
    return Filtered([f"{n + 1}:{text}" if "n" in options else text for n, text in found], 0 if hits else 1)


def head(arguments: list[str]) -> Filter:
    number = _number_of_lines("head", arguments)
    return lambda lines: Filtered(lines[:number])


def tail(arguments: list[str]) -> Filter:
    number = _number_of_lines("tail", arguments)
    return lambda lines: Filtered(lines[-number:] if number else [])


def _number_of_lines(name: str, arguments: list[str]) -> int:
    short = [f"-n{word[1:]}" if re.fullmatch(r"-\d+", word) else word for word in arguments]
    return count(name, getopt(name, short, "fq", "n")[0].get("n", "10"))


def wc(arguments: list[str]) -> Filter:
    options, _operands = getopt("wc", arguments, "lwc", "")
    return lambda lines: Filtered([_counted(options, lines)])


def _counted(options: dict[str, str], lines: list[str]) -> str:
    counts = {"l": len(lines), "w": sum(len(line.split()) for line in lines),
              "c": sum(len(line.encode()) + 1 for line in lines)}
    wanted = [str(counts[letter]) for letter in "lwc" if letter in options]
    return wanted[0] if len(wanted) == 1 else " ".join(f"{value:>7}" for value in wanted or counts.values())


def sort(arguments: list[str]) -> Filter:
    options, _operands = getopt("sort", arguments, "rnuV", "kt")
    if "k" in options or "t" in options:
        raise UsageError("sort: the sandbox's sort knows -r, -n and -u", 2)

    def key(line: str) -> tuple[float, str]:
        number = re.match(r"\s*(-?\d+)", line) if "n" in options else None
        return float(number[1]) if number else 0.0, line
    return lambda lines: Filtered(sorted(set(lines) if "u" in options else lines, key=key, reverse="r" in options))


def uniq(arguments: list[str]) -> Filter:
    options, _operands = getopt("uniq", arguments, "c", "")

    def only(lines: list[str]) -> Filtered:
        rows: list[tuple[int, str]] = []
        for line in lines:
            if rows and rows[-1][1] == line:
                rows[-1] = (rows[-1][0] + 1, line)
            else:
                rows.append((1, line))
        return Filtered([f"{times:>7} {line}" if "c" in options else line for times, line in rows])
    return only


def cut(arguments: list[str]) -> Filter:
    options, _operands = getopt("cut", arguments, "s", "dfc")
    wanted = _ranges(options.get("f") or options.get("c") or "")
    mark = options.get("d", "\t")
    if not wanted or len(mark) != 1:
        raise UsageError("cut: you must specify a list of fields (-f) or characters (-c), and one character as -d", 1)

    def only(line: str) -> str:
        parts = line.split(mark) if "f" in options else list(line)
        if "f" in options and len(parts) == 1:
            return line
        kept = [part for n, part in enumerate(parts, 1) if any(low <= n <= high for low, high in wanted)]
        return (mark if "f" in options else "").join(kept)
    return lambda lines: Filtered([only(line) for line in lines if mark in line or "s" not in options])


def _ranges(text: str) -> list[tuple[int, int]]:
    """`1,3-5,7-` as (first, last)."""
    found = []
    for part in text.split(",") if text else ():
        low, dash, high = part.partition("-")
        found.append((count("cut", low or "1"), count("cut", high) if high else MOST if dash else count("cut", low)))
    return found


def awk(arguments: list[str]) -> Filter:
    """The one program that network tutorials write: `/pattern/ {print $1, $NF}`."""
    options, operands = getopt("awk", arguments, "", "F")
    match = AWK.fullmatch(operands[0].strip()) if operands else None
    if match is None:
        raise UsageError("awk: the sandbox's awk knows only '/pattern/ {print $1, $NF}'", 2)
    fields = [-1 if word == "$NF" else count("awk", word[1:]) for word in re.findall(r"\$\w+", match[2] or "$0")]
    try:
        pattern = compile_pattern(match[1] or "")
    except PatternError as error:
        raise UsageError(f"awk: {error}", 2) from None

    def only(line: str) -> str:
        parts = line.split(options.get("F") or None)
        return " ".join(line if n == 0 else parts[n - 1 if n > 0 else n] if n <= len(parts) and parts else ""
                        for n in fields)
    return lambda lines: Filtered([only(line) for line in lines if pattern.matches(line)])


def _unchanged(_arguments: list[str]) -> Filter:
    return Filtered


def count(name: str, text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise UsageError(f"{name}: invalid number: {text[:40]!r}", 1)
    return int(text)


FILTERS: dict[str, Callable[[list[str]], Filter]] = {
    "grep": grep, "egrep": lambda words: grep(["-E", *words]), "head": head, "tail": tail, "wc": wc, "sort": sort,
    "uniq": uniq, "cut": cut, "awk": awk, "cat": _unchanged, "less": _unchanged, "more": _unchanged}


def named(words: list[str]) -> Filter:
    """The filter that words name.

    Raises:
        CommandError, UsageError: there is none, or its words are wrong.
    """
    words = words[words[:1] == ["sudo"]:]
    if words[:1] == ["tee"]:
        raise CommandError("the sandbox's shell writes no files; `sysctl -w KEY=VALUE` changes a setting of /proc/sys")
    if not words or words[0] not in FILTERS:
        what = f"has no {words[0][:40]!r}" if words else "misses a program"
        raise CommandError(f"the sandbox's shell {what} behind the pipe; there are {', '.join(FILTERS)}", 127)
    made = FILTERS[words[0]](words[1:])
    made([])
    return made


def filtered(one: Filter, output: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], int]:
    """(what a filter makes of some output, its exit status); what is on err passes by."""
    lines, code = one("".join(text for stream, text in output if stream == "out").splitlines())
    rest = [chunk for chunk in output if chunk[0] != "out"]
    return [*rest, *(("out", line + "\n") for line in lines)], code
