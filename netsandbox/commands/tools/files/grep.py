"""grep, egrep and fgrep."""

from __future__ import annotations

import re
from collections.abc import Iterator

from netsandbox.apps.pattern import Pattern, PatternError, compile_pattern, extended, literal
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.files.find_walk import FILE_WORK, is_link
from netsandbox.commands.tools.files.text import lines_of
from netsandbox.commands.tools.inputs import Input, files_of, inputs, whole_number
from netsandbox.commands.tools.looks import passes_on
from netsandbox.commands.tools.options import read, table
from netsandbox.engine.budget import Use, spend

GREP = table(
    "grep", 2,
    acts="v|invert-match i|ignore-case E|extended-regexp n|line-number w|word-regexp F|fixed-strings c|count "
         "o|only-matching P|perl-regexp q|quiet q|silent x|line-regexp h|no-filename H|with-filename "
         "l|files-with-matches L|files-without-match s|no-messages r|recursive R|dereference-recursive e|regexp= "
         "A|after-context= B|before-context= C|context= m|max-count=",
    usual="a|text color? colour? line-buffered", idle="I U|binary",
    refused="b|byte-offset z|null-data T|initial-tab G|basic-regexp f|file= d|directories= D|devices= Z|null "
            "no-ignore-case label= binary-files= include= exclude= exclude-from= exclude-dir= group-separator= "
            "no-group-separator")


@passes_on()
def grep(context: ToolContext, arguments: list[str]) -> ToolResult:
    words = [f"-C{word[1:]}" if word[:1] == "-" and word[1:].isdecimal() else word for word in arguments]
    told = read(GREP, words)
    options, operands, given = told.values, told.operands, told.every("e")
    if not given and not operands:
        raise ToolError(2, "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.")
    patterns = "\n".join(given or [operands.pop(0)]).split("\n")
    if len(options.keys() & {"E", "F", "P"}) > 1:
        raise ToolError(2, "grep: conflicting matchers specified")
    pattern = _compiled(patterns, options)
    if "P" in options:
        options["P"] = patterns[0]
    if options.keys() & {"r", "R"}:
        operands = [path for operand in operands or ["."] for path in _below(context, operand, "R" in options)]
    found, errors = inputs(context, "grep", operands)
    shows_names = ("H" in options or len(operands) > 1 or bool(options.keys() & {"r", "R"})) and "h" not in options
    out, hits, is_printed = "", 0, not options.keys() & {"c", "l", "L"}
    for one in found:
        text, count = _one(one, pattern, options, shows_names)
        between = "--\n" if out and text and is_printed and options.keys() & {"A", "B", "C"} else ""
        out, hits = out + between + text, hits + count
    status = 2 if errors and "q" not in options else 0 if hits else 1
    return ToolResult(status, "" if "q" in options else out, "" if "s" in options else errors)


@passes_on()
def egrep(context: ToolContext, arguments: list[str]) -> ToolResult:
    return grep(context, ["-E", *arguments])


@passes_on()
def fgrep(context: ToolContext, arguments: list[str]) -> ToolResult:
    return grep(context, ["-F", *arguments])


def _below(context: ToolContext, path: str, follows: bool) -> list[str]:
    """All files of a folder (follows: links within it too (-R))."""
    files, found, waiting = files_of(context), list[str](), [path]
    while waiting:
        one = waiting.pop(0)
        spend(Use.WORK, FILE_WORK)
        if files.is_directory(one):
            inner = [f"{one.rstrip('/')}/{name}" for name in files.names(one)]
            waiting += [name for name in inner if follows or not is_link(context, name)]
        else:
            found.append(one)
    return found


def _compiled(patterns: list[str], options: dict[str, str]) -> Pattern:
    texts = [literal(text) if "F" in options else text for text in patterns]
    if "P" in options:
        texts = [_looking(text) for text in texts]
    if not options.keys() & {"E", "P", "F"}:
        texts = [extended(text) for text in texts]
    text = texts[0] if len(texts) == 1 else "|".join(f"(?:{text})" for text in texts)
    try:
        return compile_pattern(rf"\b(?:{text})\b" if "w" in options else text, "i" in options, "P" not in options)
    except PatternError as error:
        raise ToolError(2, f"grep: {error}") from None


BEHIND = re.compile(r"\(\?<=((?:[^()\\]|\\.)*)\)(.*)")
AHEAD = re.compile(r"(.*)\(\?=((?:[^()\\]|\\.)*)\)")


def _looking(text: str) -> str:
    """A Perl pattern that looks behind at its beginning or ahead at its end, or keeps out with \\K what it has, as one
    of three groups of which the middle one is meant (RE2 has none of the three)."""
    behind, ahead = BEHIND.fullmatch(text), ""
    before, keeps, rest = text.partition(r"\K")
    if behind is not None:
        before, rest = behind[1], behind[2]
    elif not keeps:
        before, rest = "", text
    found = AHEAD.fullmatch(rest)
    if found is not None:
        rest, ahead = found[1], found[2]
    is_plain = behind is None and not keeps and found is None
    return text if is_plain else f"(?P<before>{before})(?P<body>{rest})(?P<ahead>{ahead})"


def _occurrences(pattern: Pattern, line: str, options: dict[str, str]) -> Iterator[str]:
    """What -o prints of a line."""
    if "P" not in options or not pattern.has_group("body"):
        yield from pattern.occurrences(line)
        return
    at = end = 0
    overlaps = r"\K" not in options.get("e", options["P"])
    while at <= len(line) and (found := pattern.find(line, at)) is not None:
        before, body = pattern.group(found, "before"), pattern.group(found, "body")
        start = found.start + len(before)
        at = found.start + 1
        if body and start >= end:
            yield body
            end = start + len(body)
            at = max(at, end - (len(before) if overlaps else 0))


def _one(one: Input, pattern: Pattern, options: dict[str, str], shows_name: bool) -> tuple[str, int]:
    """What is printed of one text, and how many lines matched."""
    lines = lines_of(one.text)
    matches = pattern.is_all_of if "x" in options else pattern.matches
    hits = [n for n, line in enumerate(lines) if matches(line) != ("v" in options)]
    hits = hits[:whole_number("grep", options["m"])] if "m" in options else hits
    prefix = f"{one.name or '(standard input)'}:" if shows_name else ""
    if "L" in options:
        return ("" if hits else f"{one.name or '(standard input)'}\n"), len(hits)
    if "l" in options:
        return (f"{one.name or '(standard input)'}\n" if hits else ""), len(hits)
    if "c" in options:
        return f"{prefix}{len(hits)}\n", len(hits)
    if "o" in options:
        rows = [(n, text) for n in hits for text in _occurrences(pattern, lines[n], options)]
        return "".join(prefix + (f"{n + 1}:" if "n" in options else "") + text + "\n" for n, text in rows), len(hits)
    return _with_context(lines, hits, options, prefix), len(hits)


def _with_context(lines: list[str], hits: list[int], options: dict[str, str], prefix: str) -> str:
    before = whole_number("grep", options.get("B", options.get("C", "0")))
    after = whole_number("grep", options.get("A", options.get("C", "0")))
    shown = sorted({n for hit in hits for n in range(max(0, hit - before), min(len(lines), hit + after + 1))})
    chosen, out, last = set(hits), "", -1
    for n in shown:
        if (before or after) and last >= 0 and n > last + 1:
            out += "--\n"
        mark = ":" if n in chosen else "-"
        name = prefix[:-1] + mark if prefix else ""
        out += name + (f"{n + 1}{mark}" if "n" in options else "") + lines[n] + "\n"
        last = n
    return out
