"""A script of sed as data: its commands, and the lines that they are for (GNU sed's compile.c)."""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.apps.pattern import Pattern, PatternError, compile_pattern, extended
from netsandbox.commands.tools.context import ToolError

LAST = -1
REFERENCE = re.compile(r"\\(?:([1-9])|([ULEul])|.)", re.DOTALL)
NUMBER = re.compile(r"[0-9]+")
NOT_MODELLED = frozenset("DGHNPghnxlrwbtT:eFWzQ")  # Commands that GNU sed has as well


class Address(NamedTuple):
    """A line's number, LAST, or what must be found in it."""

    number: int = 0
    pattern: Pattern | None = None
    every: int = 0  # each so many lines from `number` on (first~step)
    more: int = 0  # as the end of a range, so many lines behind its first


class Step(NamedTuple):
    """One command."""

    name: str
    # first, last: the lines that it is for; None for all, or for those of `first` alone
    first: Address | None = None
    last: Address | None = None
    negated: bool = False  # for all others
    pattern: Pattern | None = None
    text: str = ""  # behind a, i, c; the replacement of s; the letters of y
    nth: int = 1  # of s, which occurrence; 0 for all
    prints: bool = False


class Script:
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
        first, last = self._addresses()
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
        if name in NOT_MODELLED:
            raise ToolError(1, f"netsandbox: sed's command `{name}` is not modelled")
        raise self._error(f"unknown command: `{name}'")

    def _addresses(self) -> tuple[Address | None, Address | None]:
        first = self._address()
        if first is None or self._peek() != ",":
            return first, None
        self._at += 1
        last = self._address(True)
        if last is None:
            raise self._error("unexpected `,'")
        return first, last

    def _block(self, first: Address | None, last: Address | None, negated: bool) -> list[Step]:
        start = self._at
        end = self._text.find("}", start)
        if end < 0:
            raise self._error("unmatched `{'")
        self._at = end + 1
        inner = Script(self._text[start:end], self._extended).steps()
        if any(step.first is not None for step in inner):
            raise ToolError(1, "netsandbox: sed's addresses within { } are not modelled")
        return [step._replace(first=first, last=last, negated=negated) for step in inner]

    def _skip(self, letters: str) -> None:
        while self._peek() and self._peek() in letters:
            self._at += 1

    def _number(self, mark: str) -> int:
        """The number behind a mark."""
        self._at += len(mark)
        found = NUMBER.match(self._text, self._at)
        if found is None:
            raise self._error("expected number" if mark == "+" else "unknown command: `~'")
        self._at = found.end()
        return int(found[0][:9])

    def _address(self, is_last: bool = False) -> Address | None:
        number = NUMBER.match(self._text, self._at)
        if number is not None:
            self._at = number.end()
            if self._peek() == "~":
                return Address(int(number[0][:9]), every=self._number("~"))
            return Address(int(number[0][:9]))
        if self._peek() in ("+", "~") and is_last:
            if self._peek() == "~":
                raise ToolError(1, "netsandbox: sed's address first,~N is not modelled")
            return Address(more=self._number("+"))
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
        compiled, number = self._compiled(pattern, "i" in letters.lower()), NUMBER.search(letters)
        for found in REFERENCE.finditer(text):
            if found[2]:
                raise ToolError(1, f"netsandbox: sed's \\{found[2]} in a replacement is not modelled")
            if found[1] and int(found[1]) > compiled.count:
                raise self._error(f"invalid reference \\{found[1]} on `s' command's RHS")
        nth = 0 if "g" in letters else int(number[0]) if number is not None else 1
        return Step("s", first, last, negated, compiled, text, nth, "p" in letters)

    def _rest_of_line(self) -> str:
        self._skip(" \t")
        if self._peek() == "\\":
            self._at += 1
            if self._peek() == "\n":
                self._at += 1
        end = self._text.find("\n", self._at)
        text = self._text[self._at :] if end < 0 else self._text[self._at : end]
        self._at += len(text)
        return text.replace("\\n", "\n").replace("\\t", "\t")
