"""What can be expected: a table of conditions, each declared once with its usage, help, examples and test."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.expect.reader import Reader, Word, hint

if TYPE_CHECKING:
    from netsandbox.commands.expect.context import Context
    from netsandbox.commands.verb import Example
    from netsandbox.explain.words import Both
    from netsandbox.lab.tables import LogRow


class Verdict(NamedTuple):
    """What came out.

    Attributes:
        expected, found: a sentence each.
        rows: the frames concerned, oldest first.
        why: one sentence about what was found.
    """

    holds: bool
    expected: str
    found: str
    rows: tuple[LogRow, ...] = ()
    why: str = ""


class UnfoundedError(Exception):
    """A question that cannot be answered, such as one about a node that is not there: it fails, with `no` and without.

    Attributes:
        rows: frames that show why.
    """


Test = Callable[["Context"], Verdict]
"""Looks, and says what it found; changes nothing."""
Done = Callable[[Verdict], None]
Trial = Callable[["Context", Done], None]
"""Does something, and says later what came of it."""


class Condition(NamedTuple):
    """One kind of condition.

    Attributes:
        usages: its forms.
        read: its words to a test.  acts: that test is a Trial, which sends frames.
    """

    name: str
    usages: tuple[str, ...]
    summary: Both
    read: Callable[[Reader], Test | Trial]
    examples: tuple[Example, ...]
    acts: bool = False

    @property
    def usage(self) -> str:
        return self.usages[0]


CONDITIONS: dict[str, Condition] = {}
"""Every condition by its name and its aliases, in the order of declaration."""


def condition(name: str, *usages: str, summary: Both, examples: tuple[Example, ...],
              aliases: tuple[str, ...] = (), acts: bool = False
              ) -> Callable[[Callable[[Reader], Test | Trial]], Callable[[Reader], Test | Trial]]:
    """Declare a condition; the decorated function reads its words."""
    def declare(read: Callable[[Reader], Test | Trial]) -> Callable[[Reader], Test | Trial]:
        declared = Condition(name, usages, summary, read, examples, acts)
        for key in (name, *aliases):
            CONDITIONS[key] = declared
        return read
    return declare


class Parsed(NamedTuple):
    """A condition that was read and can be tested."""

    condition: Condition
    test: Test | Trial
    negated: bool
    text: str


def parse(text: str) -> Parsed:
    """Read a condition.

    Raises:
        ConditionError: it is not one; the message names the place.
    """
    reader = Reader(text)
    word = reader.take("a condition such as `reach pc1 pc2`")
    found = CONDITIONS.get(word.text.lower()) if not word.quoted else None
    if found is None:
        raise reader.wrong(_unknown(word), word)
    test = found.read(reader)
    reader.finish(found.usage)
    return Parsed(found, test, reader.negated, text)


def _unknown(word: Word) -> str:
    known = ", ".join(dict.fromkeys(declared.name for declared in CONDITIONS.values()))
    near = hint(word.text, CONDITIONS)
    return f"{word.text[:40]!r} is no condition{near or f'; there are: {known}'}"


def run(parsed: Parsed, context: Context, done: Done) -> None:
    """Test it; `done` is told once it is decided, which for one that acts is later."""
    decided = partial(_tell_negated, context, done) if parsed.negated else done
    try:
        if parsed.condition.acts:
            trial: Trial = parsed.test  # type: ignore[assignment]
            trial(context, decided)
        else:
            test: Test = parsed.test  # type: ignore[assignment]
            decided(test(context))
    except UnfoundedError as error:
        done(Verdict(False, context.say("asked", text=parsed.text), str(error)))


def _tell_negated(context: Context, done: Done, verdict: Verdict) -> None:
    done(_negated(verdict, context))


def _negated(verdict: Verdict, context: Context) -> Verdict:
    return verdict._replace(holds=not verdict.holds, expected=context.say("not", what=verdict.expected))


def acts(text: str) -> bool:
    """Whether a condition sends frames, from its first words; for one that does not parse, False."""
    words = text.split()
    first = words[1:2] if words[:1] == ["no"] else words[:1]
    found = CONDITIONS.get(first[0].lower()) if first else None
    return found is not None and found.acts
