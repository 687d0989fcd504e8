"""sed, as far as tutorials use it: s, p, d, q, a, i, c, y, =, with addresses, -n, -i, -e, -E."""

from __future__ import annotations

import re
from string import ascii_letters, digits

from netsandbox.apps.pattern import Pattern
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.files.sed_script import LAST, Address, Script, Step
from netsandbox.commands.tools.files.text import lines_of
from netsandbox.commands.tools.inputs import files_of, inputs
from netsandbox.commands.tools.looks import passes_on
from netsandbox.commands.tools.options import read, table
from netsandbox.engine import budget
from netsandbox.engine.budget import Use
from netsandbox.linux.core.files.inode import FileError

SED = table(
    "sed", acts="n|quiet n|silent E|regexp-extended r s|separate e|expression=", usual="u|unbuffered",
    refused="f|file= z|null-data l|line-length= debug follow-symlinks posix sandbox")


@passes_on("-[A-Za-z]*i|--in-place|.*w ")
def sed(context: ToolContext, arguments: list[str]) -> ToolResult:
    words = [f"-i{word[10:]}" if word.startswith("--in-place") else word for word in arguments]
    in_place = [word for word in words if re.fullmatch(r"-[nErs]*i.*", word)]
    words = [word.partition("i")[0] if word in in_place else word for word in words]
    told = read(SED, [word for word in words if word != "-"] if "-" in words else words)
    options, operands, scripts = told.values, told.operands, told.every("e")
    if not scripts and not operands:
        raise ToolError(1, "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...")
    steps = Script("\n".join(scripts or [operands.pop(0)]), bool(options.keys() & {"E", "r"})).steps()
    found, errors = inputs(context, "sed", operands)
    code = 0 if not errors else 1 if context.is_busybox else 2
    if not in_place:
        whole = [one.text + "\n" * (at < len(found) and not one.text.endswith("\n") and bool(one.text))
                 for at, one in enumerate(found, 1)]
        parts = whole if "s" in options else ["".join(whole)]
        return ToolResult(code, "".join(_edited(text, steps, "n" in options) for text in parts), errors)
    for one in found:
        edited = _edited(one.text, steps, "n" in options)
        _check_replaced(context, one.name)
        files_of(context).write(one.name, edited)
    return ToolResult(code, "", errors)


def _check_replaced(context: ToolContext, path: str) -> None:
    """-i makes a new file, and moves it to the place of the old one (ToolError: something is mounted there)."""
    files, namespace = files_of(context), context.namespace
    try:
        files.check_mounts(files.canonical(path))
    except FileError as error:
        chance = namespace.chance.stream(f"sed/{namespace.scheduler.clock}/{namespace.trace.end}")
        name = "".join(LETTERS[chance.below(len(LETTERS))] for _at in range(6))
        folder = path.rpartition("/")[0] if "/" in path else "."
        raise ToolError(4, f"sed: cannot rename {folder}/sed{name}: {error}") from None


LETTERS = ascii_letters + digits  # Of the names of mkstemp(3)


class Unended(str):
    """The last line, where its file has no newline behind it: it gets none unless more is printed."""


def _edited(text: str, steps: list[Step], is_quiet: bool) -> str:
    lines, out = lines_of(text), list[str]()
    active = [0] * len(steps)
    for number, original in enumerate(lines, 1):
        budget.spend(Use.WORK, len(steps))
        is_last, line = number == len(lines), original
        kind = Unended if is_last and not text.endswith("\n") else str
        is_there, behind, ends = True, list[str](), False
        for at, step in enumerate(steps):
            if not is_there or not _is_for(step, at, active, number, is_last, line):
                continue
            if step.name == "q":
                ends = True
                break
            if step.name == "c" and active[at]:
                is_there = False  # it is printed behind the range's last line
                continue
            changed = _done(step, kind(line), number, out, behind)
            is_there, line = changed is not None, changed or ""
        if is_there and not is_quiet:
            out.append(kind(line))
        out += behind
        if ends:
            break
    return _joined(out)


def _joined(lines: list[str]) -> str:
    result = "".join(line + "\n" for line in lines)
    return result.removesuffix("\n") if lines and isinstance(lines[-1], Unended) else result


def _done(step: Step, line: str, number: int, out: list[str], behind: list[str]) -> str | None:
    """The line behind one command; None if it is deleted."""
    if step.name == "p":
        out.append(line)
    elif step.name == "=":
        out.append(str(number))
    elif step.name == "i":
        out.append(step.text)
    elif step.name == "a":
        behind.append(step.text)
    elif step.name == "c":
        out.append(step.text)
        return None
    elif step.name == "d":
        return None
    elif step.name == "y":
        old, _mark, new = step.text.partition("\0")
        return "".join(new[old.index(char)] if char in old[: len(new)] else char for char in line)
    elif step.name == "s" and step.pattern is not None:
        changed, count = substituted(step.pattern, line, step.text, step.nth)
        if count and step.prints:
            out.append(type(line)(changed))
        return changed
    return line


def substituted(pattern: Pattern, line: str, text: str, nth: int) -> tuple[str, int]:
    """(the line with an occurrence, or with all of them (nth 0), replaced; how many were)."""
    result, at, count, seen = "", 0, 0, 0
    while at <= len(line):
        found = pattern.find(line, at)
        if found is None:
            break
        seen += 1
        is_it = nth in (0, seen)
        result += line[at : found.start] + (_replacement(text, found.groups) if is_it else found.groups[0])
        count += is_it
        if found.end == found.start:
            result += line[found.end : found.end + 1]
        at = found.end + (found.end == found.start)
        if nth and seen >= nth:
            break
    return result + line[at:], count


def _replacement(text: str, groups: tuple[str, ...]) -> str:
    result, at = "", 0
    while at < len(text):
        char, following = text[at], text[at + 1 : at + 2]
        if char == "\\" and following.isdecimal():
            result, at = result + groups[int(following)], at + 2
        elif char == "\\" and following:
            result, at = result + {"n": "\n", "t": "\t"}.get(following, following), at + 2
        else:
            result, at = result + (groups[0] if char == "&" else char), at + 1
    return result


def _is_for(step: Step, at: int, active: list[int], number: int, is_last: bool, line: str) -> bool:
    """Args: active: of each step's range the line that it began at, 0 where it is not inside one."""
    if step.first is None:
        return not step.negated
    if step.last is None:
        return _hits(step.first, number, is_last, line) != step.negated
    end = step.last
    if active[at]:
        inside = True
        until = active[at] + end.more if end.more else end.number
        is_end = (end.pattern is not None or end.number == LAST) and _hits(end, number, is_last, line)
        if is_end or 0 < until <= number:
            active[at] = 0
            inside = end.more > 0 or not 0 < end.number < number
    else:
        inside = _hits(step.first, number, is_last, line)
        is_one = 0 < end.number <= number or (end.number == LAST and is_last) or (end == Address())
        active[at] = number if inside and not is_one else 0
    return inside != step.negated


def _hits(address: Address, number: int, is_last: bool, line: str) -> bool:
    if address.pattern is not None:
        return address.pattern.matches(line)
    if address.every:
        return number >= address.number and (number - address.number) % address.every == 0
    return is_last if address.number == LAST else number == address.number
