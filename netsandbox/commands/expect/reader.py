"""The words of one condition, each with its place, so that a mistake can be pointed at."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from netsandbox.commands.errors import CommandError

SPACES = " \t\r\n"
SHOWN = 300  # Characters of a condition that an error repeats


class Word(NamedTuple):
    """One word: its text without quotes, and the characters of the condition that it takes up."""

    text: str
    start: int
    end: int
    quoted: bool = False


class ConditionError(CommandError):
    """A condition that does not parse: what is wrong, and at which character."""

    def __init__(self, problem: str, text: str, start: int, end: int) -> None:
        self.position = start + 1  # the character, counted from 1
        self.problem = f"character {self.position}: {problem}"  # the message without the picture below it
        picture = ""
        if len(text) <= SHOWN:
            pad = " " * _width(text[:start])
            picture = f"\n  {text}\n  {pad}{'^' * max(1, _width(text[start:end]))}"
        super().__init__(f"expect: {self.problem}{picture}")


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def words_of(text: str) -> list[Word]:
    """The words of a condition, by the rules of a POSIX shell: quotes, backslashes, comments (ConditionError: a quote
    is not closed, or nothing follows the last backslash)."""
    found: list[Word] = []
    at = 0
    while at < len(text):
        if text[at] in SPACES:
            at += 1
        elif text[at] == "#":
            break
        else:
            word, at = _word(text, at)
            found.append(word)
    return found


def _word(text: str, start: int) -> tuple[Word, int]:
    parts: list[str] = []
    at, quoted = start, False
    while at < len(text) and text[at] not in SPACES and text[at] != "#":
        if text[at] in "'\"":
            inner, at = _quoted(text, at)
            parts.append(inner)
            quoted = True
        elif text[at] == "\\":
            if at + 1 == len(text):
                raise ConditionError("nothing follows the backslash", text, at, at + 1)
            parts.append(text[at + 1])
            at += 2
        else:
            parts.append(text[at])
            at += 1
    return Word("".join(parts), start, at, quoted), at


def _quoted(text: str, start: int) -> tuple[str, int]:
    quote, at = text[start], start + 1
    parts: list[str] = []
    while at < len(text) and text[at] != quote:
        if quote == '"' and text[at] == "\\" and text[at + 1:at + 2] in ('"', "\\"):
            at += 1
        parts.append(text[at])
        at += 1
    if at >= len(text):
        raise ConditionError("this quote is not closed", text, start, start + 1)
    return "".join(parts), at + 1


class Reader:
    """Reads a condition's words from the left (negated: it began with `no`)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words_of(text)
        self.at = 0
        self.negated = self.accept("no") == "no"

    @property
    def is_done(self) -> bool:
        return self.at >= len(self.words)

    def peek(self) -> str:
        """The next word, or nothing at the end."""
        return "" if self.is_done else self.words[self.at].text

    def take(self, noun: str) -> Word:
        """The next word, whatever it is (ConditionError: there is none)."""
        if self.is_done:
            raise ConditionError(f"{noun} is missing here", self.text, len(self.text), len(self.text) + 1)
        self.at += 1
        return self.words[self.at - 1]

    def accept(self, *keywords: str) -> str:
        """The next word if it is one of these, unquoted; else nothing, and nothing is taken."""
        if not self.is_done and not self.words[self.at].quoted and self.peek().lower() in keywords:
            self.at += 1
            return self.words[self.at - 1].text.lower()
        return ""

    def require(self, keyword: str, noun: str) -> None:
        """The next word must be this one."""
        if not self.accept(keyword):
            word = self.take(f"`{noun}`")
            raise self.wrong(f"expected `{noun}`, found {word.text[:40]!r}", word)

    def choose(self, noun: str, choices: Iterable[str]) -> str:
        """The next word, which must be one of these."""
        names = list(choices)
        word = self.take(noun)
        if word.text.lower() not in names:
            raise self.wrong(f"expected {noun}, one of {', '.join(names)}; found {word.text[:40]!r}"
                             f"{hint(word.text, names)}", word)
        return word.text.lower()

    def rest(self) -> Word:
        """All that is left, as it was written; one quoted word is what stands between the quotes."""
        if self.is_done:
            return Word("", len(self.text), len(self.text))
        first, last = self.words[self.at], self.words[-1]
        self.at = len(self.words)
        if first is last and first.quoted:
            return first._replace(start=first.start + 1)
        return Word(self.text[first.start:last.end], first.start, last.end)

    def finish(self, usage: str) -> None:
        """Nothing may be left (ConditionError: something is)."""
        if not self.is_done:
            word = self.words[self.at]
            raise self.wrong(f"{word.text[:40]!r} is one word too many; write: {usage}", word)

    def wrong(self, problem: str, word: Word) -> ConditionError:
        return ConditionError(problem, self.text, word.start, word.end)


def hint(word: str, names: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing when none is near."""
    known = {name.lower(): name for name in names}
    near = get_close_matches(word.lower(), known, 1)
    return f"; did you mean {known[near[0]]!r}?" if near else ""
