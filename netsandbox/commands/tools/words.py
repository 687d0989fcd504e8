"""The one parser of arguments: words in a row, keywords that may be cut short.

iproute2 has no option grammar: it walks its words, takes each by the first
keyword that fits, and lets the keyword take the words behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.notes import note

USAGE = 255  # Exit status of wrong usage: exit(-1)


ASKED = "\0/ "  # Stands in a command line where somebody wants to know what could be typed; no name of anything


class OfferedError(Exception):
    """What could stand where ASKED stands: the words of the table that parses there."""

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self.words = words


class Words:
    """The arguments that are still to be read."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = list(words)
        self._next = 0

    def __bool__(self) -> bool:
        return self._next < len(self._words)

    def peek(self) -> str:
        return self._words[self._next] if self else ""

    def next(self) -> str:
        """The next word (ToolError: there is none)."""
        if not self:
            raise ToolError(USAGE, 'Command line is not complete. Try option "help"')
        self._next += 1
        return self._words[self._next - 1]

    def back(self) -> None:
        """The word that was read last is to be read again."""
        self._next -= 1

    def skip(self, *keywords: str) -> bool:
        """Pass over a keyword if it is next."""
        if self and self.peek() in keywords:
            self._next += 1
            return True
        return False

    def rest(self) -> list[str]:
        taken, self._next = self._words[self._next:], len(self._words)
        return taken


def fits(word: str, keyword: str) -> bool:
    """Whether a word names a keyword; one written `show*` may be cut short."""
    return word == keyword or (keyword.endswith("*") and word != "" and keyword[:-1].startswith(word))


# -- complaints

def wrong(word: str, why: str) -> ToolError:
    """invarg: most reasons end in a newline of their own, so that a blank line follows."""
    return ToolError(USAGE, f'Error: argument "{word}" is wrong: {why}')


def duplicate(keyword: str, word: str) -> ToolError:
    return ToolError(USAGE, f'Error: duplicate "{keyword}": "{word}" is the second value.')


def garbage(keyword: str, word: str) -> ToolError:
    return ToolError(USAGE, f'Error: either "{keyword}" is duplicate, or "{word}" is garbage.')


def no_device(name: str, code: int = 1) -> ToolError:
    return ToolError(code, f'Cannot find device "{name}"')


# -- keywords

class Key(NamedTuple):
    """One keyword of a command."""

    spellings: tuple[str, ...]
    read: Callable[[Words], Any]
    name: str  # under which its value is kept; the first spelling unless given
    once: str  # the word that the complaint about a second value names
    # why the sandbox does not do it; said when all words have been read, so that a wrong one comes first
    refusal: str = ""
    idle_of: str = ""  # of what it is, where it changes nothing there; said in the end as well
    first_only: bool = False  # it is no keyword any more once it, or another of its name, was given
    second: Callable[[str, str], ToolError] = duplicate  # makes that complaint of it and the second value
    help: ToolError | None = None  # the usage, told when `help` or a part of it stands where the value should

    @property
    def usual(self) -> str:
        """The spelling that is offered."""
        stems = [spelling.rstrip("*") for spelling in self.spellings]
        return self.name if self.name in stems else stems[0]


def key(*spellings: str, read: Callable[[Words], Any] = Words.next, name: str = "", once: str = "",
        usage: ToolError | None = None) -> Key:
    """A keyword with a value (by default the next word); `usage` is told of `help` in the value's place."""
    return Key(spellings, read, name or spellings[0].rstrip("*"), once, help=usage)


def bare(keyword: str, read: Callable[[Words], Any] = Words.next, name: str = "",
         usage: ToolError | None = None) -> Key:
    """A keyword that may be left out before its one value."""
    return key(keyword, read=read, name=name, once=keyword, usage=usage)._replace(second=garbage)


def asking(usage: ToolError, spelling: str = "help*") -> Key:
    """The word `help`, or its beginning, among the keywords."""
    def tell(_words: Words) -> None:
        raise usage
    return key(spelling, read=tell)


def refused(*spellings: str, of: str, read: Callable[[Words], Any] = Words.next, name: str = "") -> Key:
    """A keyword that is read, and not modelled: of what (`a route`)."""
    plain = key(*spellings, read=read, name=name)
    return plain._replace(refusal=f"netsandbox: {plain.name} of {of} is not modelled")


def idle(*spellings: str, of: str, read: Callable[[Words], Any] = Words.next) -> Key:
    """A keyword of what the sandbox has none of, such as IPv6: it is read, and said to change nothing."""
    plain = key(*spellings, read=read)
    return plain._replace(idle_of=of)


def refused_flag(spelling: str, of: str) -> Key:
    """A word that stands alone, and is not modelled."""
    return refused(spelling, of=of, read=lambda _words: True)


CHOICES = 'one of "off", "on"'


def on_or_off(spelling: str, code: int, choices: str = "") -> Key:
    """A keyword with `on` or `off` behind it (parse_on_off).

    Args:
        code: the exit status for any other word.  choices: what it says they are, if not in the usual words.
    """
    name = spelling.rstrip("*")

    def read(words: Words) -> bool:
        word = words.next()
        if word not in ("on", "off"):
            raise ToolError(code, f'Error: argument of "{name}" must be {choices or CHOICES}, not "{word}"')
        return word == "on"
    return key(spelling, read=read)


def flag(*spellings: str, name: str = "") -> Key:
    """A keyword that stands alone."""
    return key(*spellings, read=lambda _words: True, name=name)


def parse(words: Words, keys: Sequence[Key], other: Key | Callable[[str, Words], None]) -> dict[str, Any]:
    """Read all words; `other` gets each that is no keyword: a keyword that was left out, or a function (ToolError: what
    the keywords' readers complain about, a second value of a `once` key, and what is not modelled)."""
    found: dict[str, Any] = {}
    left_out = other if isinstance(other, Key) else None
    keys = [*keys, left_out] if left_out else keys
    while words:
        word = words.next()
        if word == ASKED:
            raise OfferedError([k.usual for k in keys if k.name not in found])
        taken = next((k for k in keys if any(fits(word, spelling) for spelling in k.spellings)
                      and not (k.first_only and k.name in found)), None)
        if taken is not None:
            found[taken.name] = _value(taken, words, found)
        elif isinstance(other, Key):
            words.back()
            found[other.name] = _value(other, words, found)
        else:
            other(word, words)
    refusal = next((k.refusal for k in keys if k.refusal and k.name in found), "")
    if refusal:
        raise ToolError(1, refusal)
    for k in keys:
        if k.idle_of and k.name in found:
            note(f"{k.name} of {k.idle_of}")
    return found


def _value(taken: Key, words: Words, found: dict[str, Any]) -> Any:
    if taken.help is not None and fits(words.peek(), "help*"):
        raise taken.help
    if taken.once and taken.name in found:
        raise taken.second(taken.once, words.next())
    return taken.read(words)


def unknown(word: str, _words: Words) -> None:
    """For `parse`: a word that is no keyword is wrong."""
    raise wrong(word, "")


def passed_over(_word: str, _words: Words) -> None:
    """For `parse`: a word that is no keyword is not looked at."""


def choose(word: str, choices: Sequence[str]) -> str | None:
    """The first of `choices` (`show*` may be cut short) that a word names, without its star."""
    if word == ASKED:
        raise OfferedError([one.rstrip("*") for one in choices])
    return next((choice.rstrip("*") for choice in choices if fits(word, choice)), None)
