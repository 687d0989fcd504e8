"""What can be expected: a table of conditions, each declared once with its usage, help, examples and test."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.expect.reader import ConditionError, Reader, Word, hint
from netsandbox.commands.verb import Example
from netsandbox.explain.words import Both
from netsandbox.lab.tables import LogRow

if TYPE_CHECKING:
    from netsandbox.commands.expect.context import Context


class Verdict(NamedTuple):
    """What came out."""

    holds: bool
    # expected, found: a sentence each
    expected: str
    found: str
    rows: tuple[LogRow, ...] = ()  # the frames concerned, oldest first
    why: str = ""  # one sentence about what was found
    is_tried: bool = False  # the frames are of a copy of the lab, and have no numbers in the lab itself


class UnfoundedError(Exception):
    """A question that cannot be answered, such as one about a node that is not there: it fails, with `no` and without
    (rows: frames that show why)."""


Test = Callable[["Context"], Verdict]  # Looks, and says what it found; changes nothing


class Condition(NamedTuple):
    """One kind of condition."""

    name: str
    usages: tuple[str, ...]  # its forms
    summary: Both
    read: Callable[[Reader], Test]  # its words to a test
    examples: tuple[Example, ...]
    of_event: bool  # it is about what has happened, which stays so; others are about what is so now

    @property
    def usage(self) -> str:
        return self.usages[0]


CONDITIONS: dict[str, Condition] = {}  # Every condition by its name and its aliases, in the order of declaration


def condition(name: str, *usages: str, summary: Both, examples: tuple[Example, ...],
              aliases: tuple[str, ...] = (), of_event: bool = False) -> Callable[
                  [Callable[[Reader], Test]], Callable[[Reader], Test]]:
    """Declare a condition; the decorated function reads its words."""
    def declare(read: Callable[[Reader], Test]) -> Callable[[Reader], Test]:
        declared = Condition(name, usages, summary, read, examples, of_event)
        for key in (name, *aliases):
            CONDITIONS[key] = declared
        return read
    return declare


class Parsed(NamedTuple):
    """A condition that was read and can be tested."""

    condition: Condition
    test: Test
    negated: bool
    text: str


def parse(text: str) -> Parsed:
    """Read a condition (ConditionError: it is not one; the message names the place)."""
    reader = Reader(text)
    word = reader.take("a condition such as `reach pc1 pc2`")
    found = CONDITIONS.get(word.text.lower()) if not word.quoted else None
    if found is None:
        raise reader.wrong(_unknown(word), word)
    test = found.read(reader)
    reader.finish(found.usage)
    return Parsed(found, test, reader.negated, text)


def is_of_event(text: str) -> bool:
    """Whether a condition that held once is not to be asked again: that nothing happened may be so no more."""
    try:
        parsed = parse(text)
    except ConditionError:
        return False
    return parsed.condition.of_event and not parsed.negated


def _unknown(word: Word) -> str:
    known = ", ".join(dict.fromkeys(declared.name for declared in CONDITIONS.values()))
    near = hint(word.text, CONDITIONS)
    return f"{word.text[:40]!r} is no condition{near or f'; there are: {known}'}"


def run(parsed: Parsed, context: Context) -> Verdict:
    """Test it."""
    try:
        verdict = parsed.test(context)
    except UnfoundedError as error:
        return Verdict(False, context.wish or context.say("asked", text=parsed.text), str(error))
    return verdict._replace(holds=verdict.holds is not parsed.negated)
