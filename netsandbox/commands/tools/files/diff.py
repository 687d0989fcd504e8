"""diff, cmp, comm and paste: programs that lay the lines of files beside one another (GNU diffutils, coreutils)."""

from __future__ import annotations

import re
from itertools import zip_longest

from netsandbox.apps.calendar import moment
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.files.diff_changes import TROUBLE, Change, changes_of
from netsandbox.commands.tools.files.stat import changed_at
from netsandbox.commands.tools.files.text import WITH_END, joined, lines_of
from netsandbox.commands.tools.inputs import Input, files_of, inputs, whole_number
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.options import options_of, table
from netsandbox.engine import budget
from netsandbox.engine.budget import Use
from netsandbox.engine.octets import to_bytes
from netsandbox.engine.units import SECOND

CONTEXT = 3  # Lines around a change
DIFF = table(
    "diff", 2,
    acts="q|brief s|report-identical-files u i|ignore-case w|ignore-all-space b|ignore-space-change "
         "B|ignore-blank-lines U|unified=",
    usual="a|text",
    refused="c|context? e|ed n|rcs y|side-by-side W|width= p|show-c-function F|show-function-line= t|expand-tabs "
            "T|initial-tab l|paginate x|exclude= X|exclude-from= S|starting-file= E|ignore-tab-expansion "
            "Z|ignore-trailing-space I|ignore-matching-lines= D|ifdef= d|minimal N|new-file r|recursive left-column "
            "suppress-common-lines label= no-dereference strip-trailing-cr horizon-lines= speed-large-files color? "
            "normal")


@looks()
def diff(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(DIFF, arguments)
    one, other = _two(context, "diff", paths)
    lines, others = _lines(one), _lines(other)
    changes = changes_of([_seen(line, options) for line in lines], [_seen(line, options) for line in others])
    if "B" in options:
        changes = [one for one in changes if any(lines[one.first:one.last] + others[one.other:one.other_last])]
    if not changes:
        return ToolResult(0, f"Files {paths[0]} and {paths[1]} are identical\n" if "s" in options else "", "")
    if "q" in options:
        return ToolResult(1, f"Files {paths[0]} and {paths[1]} differ\n", "")
    if options.keys() & {"u", "U"}:
        around = whole_number("diff", options["U"], "invalid context length") if "U" in options else CONTEXT
        return ToolResult(1, _unified(context, paths, lines, others, changes, around), "")
    return ToolResult(1, "".join(_normal(change, lines, others) for change in changes), "")


CMP = table("cmp", 2, acts="s|quiet s|silent", refused="b|print-bytes i|ignore-initial= l|verbose n|bytes=")


@looks()
def cmp(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(CMP, arguments)
    one, other = (to_bytes(each.text) for each in _two(context, "cmp", paths))
    at = next((number for number, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), None)
    if "s" in options or one == other:
        return ToolResult(int(one != other), "", "")
    if at is not None:
        return ToolResult(1, f"{paths[0]} {paths[1]} differ: byte {at + 1}, line {one[:at].count(10) + 1}\n", "")
    short, name = min((one, paths[0]), (other, paths[1]), key=lambda pair: len(pair[0]))
    is_whole = short.endswith(b"\n")
    where = f"after byte {len(short)}, {'' if is_whole else 'in '}line {short.count(10) + (not is_whole)}"
    return ToolResult(1, "", f"cmp: EOF on {name} {where if short else 'which is empty'}\n")


COMM = table("comm", acts="1 2 3", refused="z|zero-terminated check-order nocheck-order output-delimiter= total")


@looks()
def comm(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Three columns: lines of the first file alone, of the second alone, and of both."""
    options, paths = options_of(COMM, arguments)
    one, other = (lines_of(each.text) for each in _two(context, "comm", paths, 1))
    rows, left, right = list[str](), 0, 0
    tabs = {"1": "", "2": "" if "1" in options else "\t", "3": "\t" * (("1" not in options) + ("2" not in options))}
    while left < len(one) or right < len(other):
        budget.spend(Use.WORK)
        at_end = left == len(one) or right == len(other)
        column = ("2" if left == len(one) else "1") if at_end else (
            "3" if one[left] == other[right] else "1" if one[left] < other[right] else "2")
        if column not in options:
            rows.append(tabs[column] + (other[right] if column == "2" else one[left]))
        left, right = left + (column != "2"), right + (column != "1")
    return ToolResult(0, joined(rows), "")


PASTE = table("paste", acts="s|serial d|delimiters=", refused="z|zero-terminated")


def paste(context: ToolContext, arguments: list[str]) -> ToolResult:
    """The lines of files beside each other, or with -s those of each file on one line."""
    options, paths = options_of(PASTE, arguments)
    found, errors = inputs(context, "paste", paths)
    if errors:
        raise ToolError(1, errors.rstrip("\n"))
    marks = [{"n": "\n", "t": "\t", "0": ""}.get(mark[1:], mark[-1])
             for mark in re.findall(r"\\.|.", options.get("d", "\t"))] or [""]
    shared = [number for number, one in enumerate(found) if not one.name]
    columns = [lines_of(one.text) if one.name or "s" in options
               else lines_of(found[shared[0]].text)[shared.index(number)::len(shared)]
               for number, one in enumerate(found)]
    rows = columns if "s" in options else [list(row) for row in zip_longest(*columns, fillvalue="")]
    return ToolResult(0, joined(["".join(
        cell + (marks[number % len(marks)] if number < len(row) - 1 else "") for number, cell in enumerate(row))
        for row in rows]), "")


def _two(context: ToolContext, name: str, paths: list[str], code: int = TROUBLE) -> tuple[Input, Input]:
    """Raises ToolError: there are not two, or one cannot be read."""
    tail = f"{name}: Try '{name} --help' for more information." if code == TROUBLE else \
        f"Try '{name} --help' for more information."
    quote, close = "''" if code == TROUBLE else "‘’"
    if len(paths) < 2:
        after = f" after {quote}{(paths or [name])[-1]}{close}" if paths or code == TROUBLE else ""
        raise ToolError(code, f"{name}: missing operand{after}\n{tail}")
    if len(paths) > 2:
        raise ToolError(code, f"{name}: extra operand {quote}{paths[2][:40]}{close}\n{tail}")
    found, errors = inputs(context, name, paths)
    if errors:
        raise ToolError(code, errors.rstrip("\n"))
    return found[0], found[1]


def _lines(one: Input) -> list[str]:
    """With the newline, which the last may lack."""
    return WITH_END.findall(one.text)


def _seen(line: str, options: dict[str, str]) -> str:
    """What of a line counts."""
    if "w" in options:
        line = "".join(line.split())
    elif "b" in options:
        line = re.sub(r"\s+", " ", line.rstrip())
    return line.casefold() if "i" in options else line


def _normal(change: Change, lines: list[str], others: list[str]) -> str:
    gone, come = lines[change.first:change.last], others[change.other:change.other_last]
    letter = "c" if gone and come else "d" if gone else "a"
    head = f"{_range(change.first, change.last)}{letter}{_range(change.other, change.other_last)}\n"
    return head + _marked("< ", gone) + ("---\n" if letter == "c" else "") + _marked("> ", come)


def _range(first: int, last: int) -> str:
    return f"{first + 1},{last}" if last - first > 1 else str(last)


def _marked(mark: str, lines: list[str]) -> str:
    return "".join(mark + (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
                   for line in lines)


def _unified(context: ToolContext, paths: list[str], lines: list[str], others: list[str], changes: list[Change],
             around: int) -> str:
    text = "".join(f"{mark} {path}\t{_time(context, path)}\n" for mark, path in zip(("---", "+++"), paths, strict=True))
    hunks: list[list[Change]] = []
    for change in changes:
        if hunks and change.first - hunks[-1][-1].last <= 2 * around:
            hunks[-1].append(change)
        else:
            hunks.append([change])
    for hunk in hunks:
        before = min(hunk[0].first, around)
        first, other = hunk[0].first - before, hunk[0].other - before
        last = min(len(lines), hunk[-1].last + around)
        other_last = hunk[-1].other_last + last - hunk[-1].last
        text += f"@@ -{_span(first, last)} +{_span(other, other_last)} @@\n"
        at = first
        for change in hunk:
            text += _marked(" ", lines[at:change.first]) + _marked("-", lines[change.first:change.last])
            text += _marked("+", others[change.other:change.other_last])
            at = change.last
        text += _marked(" ", lines[at:last])
    return text


def _span(first: int, last: int) -> str:
    count = last - first
    return f"{first + bool(count)}" + ("" if count == 1 else f",{count}")


def _time(context: ToolContext, path: str) -> str:
    """When the file was written; of what is read from a pipe, now."""
    files = files_of(context)
    now = changed_at(context, files.node(files.canonical(path)))
    when = moment(now)
    return f"{when.year}-{when.month:02}-{when.day:02} {when.clock}.{now % SECOND:09} +0000"
