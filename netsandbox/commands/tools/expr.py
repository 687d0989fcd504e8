"""expr: arithmetic, comparisons and pieces of text, of scripts from before `$((…))` (coreutils' expr.c)."""

from __future__ import annotations

import re
from collections.abc import Callable

from netsandbox.apps.pattern import PatternError, compile_pattern, extended
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult

LEVELS = (("|",), ("&",), ("=", "==", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "/", "%"), (":",))
"""Operators, the loosest first."""
OPERANDS = {"+": 1, "length": 1, "match": 2, "index": 2, "substr": 3}
"""Words that stand before so many; `+` before what is a text, whatever it looks like."""
INTEGER = re.compile(r"-?\d{1,60}", re.ASCII)
NULL = re.compile(r"(-?0+)?")  # What is false
COMPARED: dict[str, Callable[[int | str, int | str], bool]] = {
    "=": lambda one, other: one == other, "==": lambda one, other: one == other,
    "!=": lambda one, other: one != other, "<": lambda one, other: one < other,  # type: ignore[operator]
    "<=": lambda one, other: one <= other, ">": lambda one, other: one > other,  # type: ignore[operator]
    ">=": lambda one, other: one >= other}  # type: ignore[operator]
MOST_NESTED = 50


def expr(_context: ToolContext, arguments: list[str]) -> ToolResult:
    if arguments in (["--help"], ["--version"]):
        raise ToolError(2, f"netsandbox: `expr {arguments[0]}` is not modelled")
    words = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not words:
        raise _error("missing operand\nTry 'expr --help' for more information.")
    reader = _Reader(words)
    value = reader.level(0, True)
    if reader.words:
        raise _error(f"syntax error: unexpected argument ‘{reader.words[0][:40]}’")
    return ToolResult(int(_is_null(value)), f"{value}\n", "")


class _Reader:
    """Reads the words and works them out as it goes."""

    def __init__(self, words: list[str]) -> None:
        self.words = list(words)
        self._before = ""
        self._nested = 0

    def level(self, number: int, matters: bool) -> str:
        """An operand, and what follows it with operators of one level.

        Args:
            matters: False behind a `|` or `&` that is decided: what stands there is only read.
        """
        if number == len(LEVELS):
            return self._operand(matters)
        value = self.level(number + 1, matters)
        while self.words and self.words[0] in LEVELS[number]:
            operator = self._take()
            is_open = operator not in "|&" or (operator == "|") == _is_null(value)
            other = self.level(number + 1, matters and is_open)
            value = _done(operator, value, other) if matters else value
        return value

    def _take(self) -> str:
        if not self.words:
            raise _error(f"syntax error: missing argument after ‘{self._before[:40]}’")
        self._before = self.words.pop(0)
        return self._before

    def _operand(self, matters: bool) -> str:
        word = self._take()
        if word == "+":
            return self._take()
        if word in OPERANDS:
            return _piece(word, [self._nest(len(LEVELS), matters) for _ in range(OPERANDS[word])])
        if word == ")":
            raise _error("syntax error: unexpected ')'")
        if word != "(":
            return word
        value = self._nest(0, matters)
        if not self.words:
            raise _error(f"syntax error: expecting ')' after ‘{self._before[:40]}’")
        if self.words[0] != ")":
            raise _error(f"syntax error: expecting ')' instead of ‘{self.words[0][:40]}’")
        self._take()
        return value

    def _nest(self, number: int, matters: bool) -> str:
        self._nested += 1
        if self._nested > MOST_NESTED:
            raise ToolError(2, f"netsandbox: expr: more than {MOST_NESTED} operands within others")
        value = self.level(number, matters)
        self._nested -= 1
        return value


def _is_null(value: str) -> bool:
    return NULL.fullmatch(value) is not None


def _piece(word: str, operands: list[str]) -> str:
    text, *rest = operands
    if word == "length":
        return str(len(text))
    if word == "match":
        return _matched(text, rest[0])
    if word == "index":
        return str(next((at for at, letter in enumerate(text, 1) if letter in rest[0]), 0))
    if not all(INTEGER.fullmatch(number) for number in rest):
        return ""
    start, length = map(int, rest)
    return text[start - 1:start - 1 + length] if start > 0 and length > 0 else ""


def _done(operator: str, one: str, other: str) -> str:
    if operator == "|":
        return one if not _is_null(one) else "0" if _is_null(other) else other
    if operator == "&":
        return "0" if _is_null(one) or _is_null(other) else one
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
    if found is None or found.start:
        return "" if compiled.count else "0"
    return found.groups[1] if compiled.count else str(found.end)


def _error(what: str) -> ToolError:
    return ToolError(2, f"expr: {what}")
