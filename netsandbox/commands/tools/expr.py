"""expr: arithmetic and comparisons of scripts from before `$((…))` (POSIX XCU, expr)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.apps.pattern import PatternError, compile_pattern, extended
from netsandbox.commands.tools.context import ToolError, ToolResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from netsandbox.commands.tools.context import ToolContext

LEVELS = (("|",), ("&",), ("=", "==", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "/", "%"), (":",))
"""Operators, the loosest first."""
INTEGER = re.compile(r"-?\d{1,60}", re.ASCII)
FALSE = ("", "0")
COMPARED: dict[str, Callable[[int | str, int | str], bool]] = {
    "=": lambda one, other: one == other, "==": lambda one, other: one == other,
    "!=": lambda one, other: one != other, "<": lambda one, other: one < other,  # type: ignore[operator]
    "<=": lambda one, other: one <= other, ">": lambda one, other: one > other,  # type: ignore[operator]
    ">=": lambda one, other: one >= other}  # type: ignore[operator]
MOST_NESTED = 50


def expr(_context: ToolContext, arguments: list[str]) -> ToolResult:
    if not arguments:
        raise _error("missing operand\nTry 'expr --help' for more information.")
    reader = _Reader(arguments)
    value = reader.level(0)
    if reader.words:
        raise _error(f"syntax error: unexpected argument ‘{reader.words[0][:40]}’")
    return ToolResult(int(value.strip() in FALSE), f"{value}\n", "")


class _Reader:
    """Reads the words and works them out as it goes."""

    def __init__(self, words: list[str]) -> None:
        self.words = list(words)
        self._before = ""
        self._nested = 0

    def level(self, number: int) -> str:
        """An operand, and what follows it with operators of one level."""
        if number == len(LEVELS):
            return self._operand()
        value = self.level(number + 1)
        while self.words and self.words[0] in LEVELS[number]:
            operator = self._take()
            value = _done(operator, value, self.level(number + 1))
        return value

    def _take(self) -> str:
        if not self.words:
            raise _error(f"syntax error: missing argument after ‘{self._before[:40]}’")
        self._before = self.words.pop(0)
        return self._before

    def _operand(self) -> str:
        word = self._take()
        if word == "length":
            return str(len(self._operand()))
        if word in ("match", "substr", "index"):
            raise ToolError(2, f"netsandbox: `expr {word}` is not modelled")
        if word != "(":
            return word
        self._nested += 1
        if self._nested > MOST_NESTED:
            raise _error("syntax error: too many parentheses")
        value = self.level(0)
        if not self.words:
            raise _error(f"syntax error: expecting ')' after ‘{self._before[:40]}’")
        if self.words[0] != ")":
            raise _error(f"syntax error: expecting ')' instead of ‘{self.words[0][:40]}’")
        self._take()
        return value


def _done(operator: str, one: str, other: str) -> str:
    if operator == "|":
        return one if one not in FALSE else other or "0"
    if operator == "&":
        return one if one not in FALSE and other not in FALSE else "0"
    if operator == ":":
        return _matched(one, other)
    is_numeric = INTEGER.fullmatch(one) is not None and INTEGER.fullmatch(other) is not None
    if operator in COMPARED:
        pair: tuple[int | str, int | str] = (int(one), int(other)) if is_numeric else (one, other)
        return str(int(COMPARED[operator](*pair)))
    if not is_numeric:
        raise _error("non-integer argument")
    left, right = int(one), int(other)
    if operator in ("+", "-", "*"):
        return str({"+": left + right, "-": left - right, "*": left * right}[operator])
    if not right:
        raise _error("division by zero")
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    return str(quotient if operator == "/" else left - quotient * right)


def _matched(text: str, pattern: str) -> str:
    """What `\\(…\\)` holds, else how many letters match from the first on."""
    try:
        compiled = compile_pattern(extended(pattern), longest=True)
    except PatternError as error:
        raise _error(str(error)) from None
    found = compiled.find(text)
    has_group = "\\(" in pattern
    if found is None or found.start:
        return "" if has_group else "0"
    return found.groups[1] if has_group else str(found.end)


def _error(what: str) -> ToolError:
    return ToolError(2, f"expr: {what}")
