"""Numbers and times in a condition: `4`, `>= 3`, `1..3`, `5s ± 0.3s`."""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.expect.reader import Reader
from netsandbox.commands.expect.words import Say
from netsandbox.engine.units import MILLISECOND, SECOND

SIGNS = {"=": "=", "==": "=", "!=": "!=", "≠": "!=", ">": ">", "<": "<", ">=": ">=", "≥": ">=", "<=": "<=", "≤": "<="}
PLUS_MINUS = ("±", "+-", "+/-")
TOLERANCE = MILLISECOND  # Of a time that is given without one
_NUMBER = re.compile(r"(==|!=|>=|<=|=|>|<|≥|≤|≠)?([0-9]{1,12})")
_RANGE = re.compile(r"([0-9]{1,12})\.\.([0-9]{1,12})")


class Comparison(NamedTuple):
    """A condition on a number; `high` belongs to a range."""

    sign: str
    number: int
    high: int = 0

    def holds(self, value: int) -> bool:
        match self.sign:
            case "=":
                return value == self.number
            case "!=":
                return value != self.number
            case ">":
                return value > self.number
            case "<":
                return value < self.number
            case ">=":
                return value >= self.number
            case "<=":
                return value <= self.number
        return self.number <= value <= self.high

    @property
    def is_some(self) -> bool:
        """Any number but none holds."""
        return (self.sign, self.number) in ((">", 0), (">=", 1), ("!=", 0))

    def text(self, say: Say) -> str:
        """`exactly 4`, `at least 3`."""
        sign, number = (">=", self.number + 1) if self.sign == ">" else (self.sign, self.number)
        return say(f"compare.{sign}", number=str(number), high=str(self.high))

    def status(self, say: Say) -> str:
        """The same of a number that counts nothing: an exit status, a counter's value."""
        return say(f"code.{self.sign}", number=str(self.number), high=str(self.high))


def comparison(reader: Reader, noun: str) -> Comparison:
    """Read `4`, `= 4`, `>=3` or `1..3`."""
    word = reader.take(noun)
    if word.text in SIGNS:
        number = reader.take(f"a number after {word.text}")
        if not number.text.isascii() or not number.text.isdecimal() or len(number.text) > 12:
            raise reader.wrong(f"expected a number after {word.text}, found {number.text[:40]!r}", number)
        return Comparison(SIGNS[word.text], int(number.text))
    if found := _RANGE.fullmatch(word.text):
        low, high = int(found[1]), int(found[2])
        if low > high:
            raise reader.wrong(f"the range {word.text} runs backwards", word)
        return Comparison("..", low, high)
    if (found := _NUMBER.fullmatch(word.text)) is None:
        raise reader.wrong(f"expected {noun} such as 4, > 0 or 1..3; found {word.text[:40]!r}", word)
    return Comparison(SIGNS[found[1] or "="], int(found[2]))


def duration(reader: Reader, noun: str) -> int:
    """A time, in nanoseconds."""
    word = reader.take(noun)
    try:
        return kinds.parse_duration(word.text)
    except CommandError as error:
        raise reader.wrong(str(error), word) from None


def moment(reader: Reader) -> tuple[int, int]:
    """`5s ± 0.3s`: (nanoseconds, tolerance)."""
    when = duration(reader, "a time such as 5s")
    return when, duration(reader, "a tolerance such as 0.3s") if reader.accept(*PLUS_MINUS) else TOLERANCE


def seconds(nanoseconds: int) -> str:
    """`5.168 s`, without zeros that say nothing."""
    text = f"{nanoseconds / SECOND:.6f}".rstrip("0").rstrip(".")
    return f"{text} s"
