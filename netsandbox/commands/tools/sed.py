"""sed, as far as tutorials use it: s, p, d, q, a, i, c, y, =, with addresses, -n, -i, -e, -E."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.apps.pattern import Pattern, PatternError, compile_pattern, extended
from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.inputs import files_of, inputs, options_of
from netsandbox.commands.tools.text import lines_of
from netsandbox.engine import budget
from netsandbox.engine.budget import Use

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

LAST = -1
NUMBER = re.compile(r"[0-9]+")


class Address(NamedTuple):
    """A line's number, LAST, or what must be found in it."""

    number: int = 0
    pattern: Pattern | None = None


class Step(NamedTuple):
    """One command.

    Attributes:
        first, last: the lines that it is for; None for all, or for those of `first` alone.
        negated: for all others.
        text: behind a, i, c; the replacement of s; the letters of y.
        nth: of s, which occurrence; 0 for all.
    """

    name: str
    first: Address | None = None
    last: Address | None = None
    negated: bool = False
    pattern: Pattern | None = None
    text: str = ""
    nth: int = 1
    prints: bool = False


def sed(context: ToolContext, arguments: list[str]) -> ToolResult:
    words = [f"-i{word[10:]}" if word.startswith("--in-place") else word for word in arguments]
    in_place = [word for word in words if re.fullmatch(r"-[nErs]*i.*", word)]
    words = [word.partition("i")[0] if word in in_place else word for word in words]
    options, operands = options_of("sed", [word for word in words if word != "-"] if "-" in words else words, "nErsuz",
                                   "ef", {"quiet": "n", "silent": "n", "regexp-extended": "E", "expression": "e"}, 1,
                                   "e")
    if "f" in options:
        raise ToolError(1, "netsandbox: `sed -f` is not modelled")
    if "e" not in options and not operands:
        raise ToolError(1, "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...")
    script = options["e"] if "e" in options else operands.pop(0)
    steps = _Script(script, bool(options.keys() & {"E", "r"})).steps()
    found, errors = inputs(context, "sed", operands)
    if not in_place:
        text = _edited("".join(one.text for one in found), steps, "n" in options)
        return ToolResult(2 if errors else 0, text, errors)
    for one in found:
        files_of(context).write(one.name, _edited(one.text, steps, "n" in options))
    return ToolResult(2 if errors else 0, "", errors)


class _Script:
    """Reads a script."""

    def __init__(self, text: str, is_extended: bool) -> None:
        self._text = text
        self._at = 0
        self._extended = is_extended
        self._last = ""

    def _error(self, what: str) -> ToolError:
        return ToolError(1, f"sed: -e expression #1, char {max(self._at, 1)}: {what}")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def steps(self) -> list[Step]:
        found: list[Step] = []
        while True:
            while self._peek() and self._peek() in " \t\n;":
                self._at += 1
            if not self._peek():
                return found
            if self._peek() == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
                continue
            found += self._step()

    def _step(self) -> list[Step]:
        first = self._address()
        last = None
        if first is not None and self._peek() == ",":
            self._at += 1
            last = self._address()
            if last is None:
                raise self._error("unexpected `,'")
        self._skip(" \t")
        negated = self._peek() == "!"
        self._at += negated
        self._skip(" \t")
        name = self._peek()
        self._at += 1
        if name == "{":
            return self._block(first, last, negated)
        if name == "s":
            return [self._substitution(first, last, negated)]
        if name in ("a", "i", "c"):
            return [Step(name, first, last, negated, text=self._rest_of_line())]
        if name == "y":
            old, new = self._delimited(2)
            return [Step("y", first, last, negated, text=old + "\0" + new)]
        if name in ("p", "d", "q", "="):
            return [Step(name, first, last, negated)]
        if not name:
            raise self._error("missing command")
        known = name in "DGHNPghnxlrwbtT:eFWzQ"
        raise (
            ToolError(1, f"netsandbox: sed's command `{name}` is not modelled")
            if known
            else self._error(f"unknown command: `{name}'")
        )

    def _block(self, first: Address | None, last: Address | None, negated: bool) -> list[Step]:
        start = self._at
        end = self._text.find("}", start)
        if end < 0:
            raise self._error("unmatched `{'")
        self._at = end + 1
        inner = _Script(self._text[start:end], self._extended).steps()
        if any(step.first is not None for step in inner):
            raise ToolError(1, "netsandbox: sed's addresses within { } are not modelled")
        return [step._replace(first=first, last=last, negated=negated) for step in inner]

    def _skip(self, letters: str) -> None:
        while self._peek() and self._peek() in letters:
            self._at += 1

    def _address(self) -> Address | None:
        number = NUMBER.match(self._text, self._at)
        if number is not None:
            self._at = number.end()
            if self._peek() == "~":
                raise ToolError(1, "netsandbox: sed's address first~step is not modelled")
            return Address(int(number[0][:9]))
        if self._peek() == "$":
            self._at += 1
            return Address(LAST)
        if self._peek() not in ("/", "\\"):
            return None
        self._at += self._peek() == "\\"
        (pattern,) = self._delimited(1)
        ignore_case = self._peek() == "I"
        self._at += ignore_case
        return Address(0, self._compiled(pattern, ignore_case))

    def _delimited(self, count: int) -> list[str]:
        """Texts between a mark that stands first and after each; a backslash lets the mark stand inside."""
        mark = self._peek()
        self._at += 1
        found = [""]
        while True:
            char = self._peek()
            if not char:
                raise self._error(f"unterminated `{'s' if count == 2 else 'address regex'}'{' command' * (count == 2)}")
            self._at += 1
            if char == "\\" and self._peek():
                following = self._peek()
                self._at += 1
                found[-1] += following if following == mark else char + following
            elif char == mark:
                if len(found) == count:
                    return found
                found.append("")
            elif char == "[" and len(found) == 1:
                found[-1] += char + self._set()
            else:
                found[-1] += char

    def _set(self) -> str:
        """The rest of a `[…]`, in which the mark is a letter."""
        match = re.compile(r"\^?\]?(?:\[:\w+:\]|[^\]])*\]").match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _compiled(self, text: str, ignore_case: bool) -> Pattern:
        text = text or self._last
        self._last = text
        try:
            return compile_pattern((text if self._extended else extended(text)).replace("\\n", "\n"), ignore_case, True)
        except PatternError as error:
            raise ToolError(1, f"sed: -e expression #1, char {self._at}: {error}") from None

    def _substitution(self, first: Address | None, last: Address | None, negated: bool) -> Step:
        if not self._peek():
            raise self._error("unterminated `s' command")
        pattern, text = self._delimited(2)
        flags = re.compile(r"[gpiIem0-9]*").match(self._text, self._at)
        letters = flags[0] if flags is not None else ""
        self._at += len(letters)
        if self._peek() not in ("", ";", "\n", "}", " ", "\t"):
            raise self._error("unknown option to `s'")
        number = NUMBER.search(letters)
        nth = 0 if "g" in letters else int(number[0]) if number is not None else 1
        return Step(
            "s", first, last, negated, self._compiled(pattern, "i" in letters.lower()), text, nth, "p" in letters
        )

    def _rest_of_line(self) -> str:
        self._skip(" \t")
        if self._peek() == "\\":
            self._at += 1
            self._skip("\n" if self._peek() == "\n" else " \t")
        end = self._text.find("\n", self._at)
        text = self._text[self._at :] if end < 0 else self._text[self._at : end]
        self._at += len(text)
        return text.replace("\\n", "\n").replace("\\t", "\t")


def _edited(text: str, steps: list[Step], is_quiet: bool) -> str:
    lines, out = lines_of(text), list[str]()
    active = [False] * len(steps)
    for number, original in enumerate(lines, 1):
        budget.spend(Use.WORK, len(steps))
        line: str | None = original
        behind, ends = list[str](), False
        for at, step in enumerate(steps):
            if line is None or not _is_for(step, at, active, number, number == len(lines), line):
                continue
            if step.name == "q":
                ends = True
                break
            line = _done(step, line, number, out, behind)
        if line is not None and not is_quiet:
            out.append(line)
        out += behind
        if ends:
            break
    result = "".join(line + "\n" for line in out)
    return result.removesuffix("\n") if text and not text.endswith("\n") else result


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
            out.append(changed)
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
            if int(following) >= len(groups):
                raise ToolError(
                    1, f"sed: -e expression #1, char 0: invalid reference \\{following} on `s' command's RHS"
                )
            result, at = result + groups[int(following)], at + 2
        elif char == "\\" and following:
            result, at = result + {"n": "\n", "t": "\t"}.get(following, following), at + 2
        else:
            result, at = result + (groups[0] if char == "&" else char), at + 1
    return result


def _is_for(step: Step, at: int, active: list[bool], number: int, is_last: bool, line: str) -> bool:
    if step.first is None:
        return not step.negated
    if step.last is None:
        return _hits(step.first, number, is_last, line) != step.negated
    if active[at]:
        inside = True
        if _hits(step.last, number, is_last, line) or 0 < step.last.number <= number:
            active[at] = False
    else:
        inside = _hits(step.first, number, is_last, line)
        active[at] = inside and not 0 < step.last.number <= number and not (step.last.number == LAST and is_last)
    return inside != step.negated


def _hits(address: Address, number: int, is_last: bool, line: str) -> bool:
    if address.pattern is not None:
        return address.pattern.matches(line)
    return is_last if address.number == LAST else number == address.number
