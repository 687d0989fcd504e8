"""Regular expressions that a user writes: in RE2, whose time is linear in the text, whatever the pattern.

RE2's syntax (github.com/google/re2/wiki/Syntax) is that of grep -E and of Perl without look-around and
back-references, which no linear engine can have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from netsandbox.engine.budget import Use, spend

LONGEST = 300
MOST_MEMORY = 8 << 20  # Bytes for one compiled pattern and its automaton
BASIC = re.compile(r"\\([(){}+?|])|([(){}+?|])|(\[\^?\]?(?:\[[:.=].*?[:.=]\]|[^\]])*\]|\\.)", re.DOTALL)
"""What grep's basic syntax writes the other way round, and what is left as it is: sets, other escapes."""
WORD_ENDS = re.compile(r"(\[\^?\]?(?:\[[:.=].*?[:.=]\]|[^\]])*\]|\\[^<>])|\\[<>]", re.DOTALL)


LONE = re.compile("[\ud800-\udfff]")


def letters(text: str) -> str:
    """What is no letter as a mark of the same length, which RE2 can read."""
    return text if text.isascii() else LONE.sub("\ufffd", text)


class PatternError(ValueError):
    """A pattern that is not used, and why."""


class Found(NamedTuple):
    """One occurrence; groups: all of it, then what stood in parentheses."""

    start: int
    end: int
    groups: tuple[str, ...]


class Pattern:
    """A compiled pattern."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def matches(self, text: str) -> bool:
        """Whether it occurs in the text."""
        self._count(len(text))
        return self._engine.search(letters(text)) is not None

    def is_all_of(self, text: str) -> bool:
        """Whether the whole text is an occurrence."""
        self._count(len(text))
        return self._engine.fullmatch(letters(text)) is not None

    def occurrences(self, text: str) -> Iterator[str]:
        """All that are not empty, one behind the other.  Each is looked for up to the text's end."""
        self._count(len(text))
        for found in self._engine.finditer(letters(text)):
            self._count(len(text) - found.end())
            if found[0]:
                yield text[found.start():found.end()]

    def find(self, text: str, start: int = 0) -> Found | None:
        """The first occurrence from a place on."""
        self._count(len(text) - start)
        found = self._engine.search(letters(text), start)
        if found is None:
            return None
        return Found(found.start(), found.end(), tuple(
            text[start:end] if start >= 0 else "" for start, end in map(found.span, range(self.count + 1))))

    @property
    def count(self) -> int:
        """How many groups it has."""
        number: int = self._engine.groups
        return number

    def has_group(self, name: str) -> bool:
        return name in self._engine.groupindex

    def group(self, found: Found, name: str) -> str:
        """What stood in a group that has a name."""
        number: int = self._engine.groupindex[name]
        return found.groups[number]

    def first_line(self, text: str) -> str | None:
        """The first line in which it occurs."""
        return next((line for line in text.splitlines() if self.matches(line)), None)

    def _count(self, length: int) -> None:
        spend(Use.PATTERN, (length + 1) * int(self._engine.programsize))


def compile_pattern(text: str, ignore_case: bool = False, longest: bool = False) -> Pattern:
    """Check and compile.

    Args:
        longest: of several that begin at one place the longest counts, as POSIX has it, not the first alternative.

    Raises:
        PatternError: not a regular expression, or one that RE2 cannot carry out.
    """
    if len(text) > LONGEST:
        raise PatternError(f"the pattern has {len(text)} characters; {LONGEST} are the most")
    return _compiled(WORD_ENDS.sub(lambda found: found[1] or r"\b", text), ignore_case, longest)


@lru_cache(maxsize=100)
def _compiled(text: str, ignore_case: bool, longest: bool) -> Pattern:
    import re2  # it takes longer to import than most runs need, and most have no pattern

    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.longest_match = longest
    options.log_errors = False
    options.max_mem = MOST_MEMORY
    try:
        return Pattern(re2.compile(text, options))
    except re2.error as error:
        said = error.args[0]
        words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        raise PatternError(f"not a regular expression: {words}") from None
    except UnicodeEncodeError:
        raise PatternError("not a regular expression: it holds a character that cannot be stored") from None


def extended(text: str) -> str:
    """A pattern of grep's basic syntax in the extended one: there `+`, and `*` at the beginning, are letters."""
    text = re.sub(r"^(\^?)\*", r"\1\\*", text)
    return BASIC.sub(lambda found: found[1] or (f"\\{found[2]}" if found[2] else found[3]), text)


def literal(text: str) -> str:
    """A pattern that occurs where the text does (grep -F)."""
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", text)
